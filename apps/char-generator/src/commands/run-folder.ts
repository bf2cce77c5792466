import { createHash } from 'node:crypto';
import { access, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore, TrainerSnapshot } from '@throughtime/bptt-trainer';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import { endingAtOnce, HeldFolder, type Reporter, UsageError } from '@throughtime/command-line';
import { ArgumentError, isUserError, showValue } from '@throughtime/errors';
import { replaceFiles } from '@throughtime/platform/node';
import type { LoadedCorpus } from '../core/corpus.js';
import { presetRecipe } from '../core/presets.js';
import { decodeRecord, encodeRecord, type RunRecord } from '../core/run-record.js';
import { completeSettings, corpusName, requireLearnedFor, type TrainSettings } from '../core/settings.js';
import type { TextModel } from '../core/text-model.js';
import { readCorpus } from './read-corpus.js';

export interface RunRequest {
  /** Settings given on the command line; the rest is default, or the recorded run's. */
  readonly given: Partial<Omit<TrainSettings, 'initFrom'>>;
  /** The folder of a model to start from; of a run that continues, where that model is now. Default: weights are drawn. */
  readonly initFrom?: string;
  /** The folder of the model, its record and its checkpoints. */
  readonly out: string;
  readonly resume: boolean;
  readonly overwrite: boolean;
}

export interface OpenRun {
  readonly settings: TrainSettings;
  readonly corpus: LoadedCorpus;
  /** SHA-256 of the text, and of what it is validated on where that was named. */
  readonly corpusHash: string;
  readonly store: CheckpointStore;
  /** The model that the run starts from. */
  readonly initial: TextModel | undefined;
  /** A checkpoint of that model's run, where its folder has one: its optimizer's state. */
  readonly optimizerFrom: TrainerSnapshot | undefined;
  /** A hash of settings and corpus: what checkpoints and model name the run by. */
  readonly run: string;
  /** Where to continue; undefined to start from the beginning. */
  readonly snapshot: TrainerSnapshot | undefined;
  /** Makes the folder this run's. Until then nothing in it has changed: call it once all else is known to be in order. */
  begin(): Promise<void>;
  /** Gives the folder free for other runs. */
  close(): Promise<void>;
}

export const recordName = 'training.json';
export const checkpointsName = 'checkpoints';

/**
 * Finds what a run needs: a new one's folder free, an old one's record, corpus and last checkpoint. The folder is held from here
 * on, so that a second run cannot mix its files with this one's.
 * @throws FolderLockedError when another run holds the folder
 * @throws UsageError when it holds a run that is neither to be continued nor replaced, no run where one is to be continued, or another
 *   one than the options describe
 */
export async function openRun(
  request: RunRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OpenRun> {
  const { given, initFrom, out, resume, overwrite } = request;
  const folder = await HeldFolder.at(out);
  try {
    const record = resume ? await readRecord(out) : undefined;
    if (!resume && initFrom !== undefined) await requireApart(initFrom, out);
    if (!resume && !overwrite) await requireFree(out);
    const start = await startOf(request, record, reporter);
    const settings = record ? continuedSettings(out, record, given) : freshSettings(given, start);

    const { corpus, hash: corpusHash } = await corpusOf(settings, { reporter, signal });
    if (record && record.corpusHash !== corpusHash) {
      const [now, then] = [textsOf(settings), textsOf(record.settings)];
      const problem = now === then ? `${now} has changed` : `${now} is another than ${then} was`;
      throw new UsageError(`--resume: expected the text that the run was started on, but ${problem}`);
    }

    // The record's own where it has one: a later release may give the same settings another form.
    const run = record?.run ?? runIdentity(settings, corpusHash);
    if (resume) await tellForeignModel(out, run, reporter);
    const checkpoints = join(out, checkpointsName);
    const store = checkpointFolder(checkpoints, { keep: 2 });
    const snapshot = resume ? await endingAtOnce(() => store.latest()) : undefined;
    requireCheckpointOf(out, record?.run, snapshot);
    if (resume && !snapshot) reporter.note('No checkpoint was saved yet: starting from the beginning.');
    return {
      settings,
      corpus,
      corpusHash,
      initial: start?.model,
      optimizerFrom: start?.optimizer,
      run,
      store,
      snapshot,
      async begin() {
        const isNew = !folder.isHeld;
        await folder.begin();
        // Another run may have come and gone since we looked.
        if (isNew && !overwrite) await requireFree(out);
        // A run that is to end before where it is trains nothing: its record stays.
        const isBehind =
          record !== undefined && snapshot !== undefined && settings.epochs < snapshot.memory.epoch - 1;
        if (isBehind) return;
        // Another run's checkpoints go only when this one's record is sure to come.
        await replaceFiles(
          [[join(out, recordName), encodeRecord({ settings, corpusHash, run })]],
          async () => {
            if (!resume) await rm(checkpoints, { recursive: true, force: true });
          },
        );
      },
      close: () => folder.free(),
    };
  } catch (error) {
    await folder.free();
    throw error;
  }
}

/** What a run reads, in words. */
function textsOf({ corpus, validationCorpus }: TrainSettings): string {
  const validated = validationCorpus === undefined ? '' : `, validated on '${validationCorpus}',`;
  return `'${corpusName(corpus)}'${validated}`;
}

/**
 * A run that continues reads the model that it started from: it must still be there.
 * @throws UsageError
 */
async function requireApart(initFrom: string, out: string): Promise<void> {
  const [from, to] = await Promise.all([initFrom, out].map((path) => realpath(path).catch(() => undefined)));
  if (from === undefined || from !== to) return;
  throw new UsageError(
    `--init-from: expected another folder than --out, got '${initFrom}' for both; the run could not be continued without the model it starts from`,
  );
}

/** A hash of all that decides what a run computes. More epochs, or another name of the text, make no other run. */
function runIdentity(
  { epochs: _, corpus: __, validationCorpus: ___, initFrom, ...settings }: TrainSettings,
  corpusHash: string,
): string {
  // Without an optimizer's state as earlier releases had it.
  const start = initFrom?.optimizer ? `${initFrom.weights} ${initFrom.optimizer}` : initFrom?.weights;
  const fields = Object.entries({ ...settings, initFrom: start })
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([fields, corpusHash]))
    .digest('hex')
    .slice(0, 32);
}

/** @throws UsageError when the folder's last checkpoint was saved by another run than its record tells of */
function requireCheckpointOf(
  out: string,
  run: string | undefined,
  snapshot: TrainerSnapshot | undefined,
): void {
  const saved = snapshot?.memory.run?.id;
  if (run === undefined || saved === undefined || saved === run) return;
  throw new UsageError(
    `--resume: expected the last checkpoint in '${out}' to be of the run that ${recordName} tells of, got one of another run; ` +
      'train again with --overwrite, or in another folder',
  );
}

/** A run that was killed before its first model was saved leaves the one that it was to replace: no fault, but worth a word. */
async function tellForeignModel(out: string, run: string, reporter: Reporter): Promise<void> {
  const { savedRunIn } = await import('@throughtime/lang-model/node');
  const saved = await savedRunIn(out).catch((error: unknown) => {
    // A damaged model is replaced as well.
    if (!isUserError(error)) throw error;
    return undefined;
  });
  if (saved !== undefined && saved !== run)
    reporter.note(`The model in ${out} is of another run; this run's replaces it at the next checkpoint.`);
}

/** Whether a folder has what training writes beside its model. */
export async function holdsRun(path: string): Promise<boolean> {
  const found = await Promise.all([recordName, checkpointsName].map((name) => exists(join(path, name))));
  return found.includes(true);
}

/** Makes a held folder free of what a recurrent model's training left in it, which would otherwise look like another model's. */
export async function removeRun({ path }: HeldFolder): Promise<void> {
  for (const name of [recordName, checkpointsName])
    await rm(join(path, name), { recursive: true, force: true });
}

/**
 * The folder of --out must not hold a model.
 * @param advice what else to do, before "or name another folder"
 * @throws UsageError
 */
export async function requireFree(
  out: string,
  advice = 'continue its training with --resume, replace it with --overwrite',
): Promise<void> {
  if ((await exists(join(out, recordName))) || (await exists(join(out, 'config.json'))))
    throw new UsageError(`--out: '${out}' holds a model; ${advice}, or name another folder`);
}

/** @throws UsageError when the folder holds no run; RunRecordError when its record is damaged */
async function readRecord(out: string): Promise<RunRecord> {
  const path = join(out, recordName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    throw new UsageError(`--resume: expected a training run in '${out}', found none`);
  }
  return decodeRecord(text, `--resume: ${path}`);
}

/** The text, what it is validated on where that was named, and a hash of both: continuing on other texts would not be the same run. */
async function corpusOf(
  { corpus: names, validationCorpus, split }: TrainSettings,
  how: { readonly reporter: Reporter; readonly signal: AbortSignal },
): Promise<{ readonly corpus: LoadedCorpus; readonly hash: string }> {
  const corpus = await readCorpus(names, { ...how, split });
  if (validationCorpus === undefined) return { corpus, hash: hashOfText(corpus.text) };
  const { text: validationText } = await readCorpus(validationCorpus, {
    ...how,
    option: '--validation-corpus',
  });
  return {
    corpus: { ...corpus, validationText },
    hash: hashOfText(corpus.text, validationText),
  };
}

/** SHA-256 of a text in UTF-8, and of what it is validated on where that was named. */
export function hashOfText(text: string, validationText?: string): string {
  const hash = createHash('sha256').update(text);
  if (validationText !== undefined) hash.update('\0').update(validationText);
  return hash.digest('hex');
}

/** What a run starts from. */
interface Start {
  readonly model: TextModel;
  readonly optimizer: TrainerSnapshot | undefined;
  readonly settings: Partial<TrainSettings>;
  readonly initFrom: NonNullable<TrainSettings['initFrom']>;
}

/**
 * Reads the model that a run starts from, or was started from.
 * @throws UsageError when it is another than it was
 */
async function startOf(
  { initFrom }: RunRequest,
  record: RunRecord | undefined,
  reporter: Reporter,
): Promise<Start | undefined> {
  const recorded = record?.settings.initFrom;
  if (record && !recorded && initFrom !== undefined)
    throw new UsageError(`--init-from: expected none, as the run was started without, got '${initFrom}'`);
  const path = initFrom ?? recorded?.path;
  if (path === undefined) return undefined;
  const { openModel } = await import('./open-model.js');
  const { modelHash } = await import('./model-hash.js');
  const { settingsOfModel } = await import('../core/training-run.js');
  const model = await openModel(path, { option: '--init-from', warn: (text) => reporter.warn(text) });
  if (model.model.weights === 'int8')
    throw new UsageError(
      `--init-from: expected weights to train, got the bytes of an int8 model in '${path}'`,
    );
  const weights = modelHash(model);
  // A run of an earlier release started without.
  const isWithout = recorded !== undefined && recorded.optimizer === undefined;
  const optimizer = isWithout ? undefined : await checkpointFolder(join(path, checkpointsName)).latest();
  const state = optimizer && hashOfOptimizer(optimizer);
  if (recorded && (recorded.weights !== weights || recorded.optimizer !== state))
    throw new UsageError(
      `--init-from: expected the model that the run was started from, got another in '${path}'`,
    );
  return {
    model,
    optimizer,
    settings: settingsOfModel(model),
    initFrom: { path, weights, ...(state !== undefined && { optimizer: state }) },
  };
}

/** SHA-256 of the arrays that an optimizer keeps, and of how often it has moved the weights. */
function hashOfOptimizer({ memory, tensors }: TrainerSnapshot): string {
  const hash = createHash('sha256').update(JSON.stringify([memory.rule, memory.updater]));
  for (const [name, { data }] of tensors)
    if (name.startsWith('optimizer/'))
      hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

/**
 * The settings of a new run.
 * @throws UsageError when the model that it is to start from cannot be read; ArgumentError when an option contradicts it
 */
export async function settingsOf(request: RunRequest, reporter: Reporter): Promise<TrainSettings> {
  return freshSettings(request.given, await startOf(request, undefined, reporter));
}

function freshSettings(given: RunRequest['given'], start: Start | undefined): TrainSettings {
  const settings = settingsFrom(given, start);
  requireLearnedFor(settings);
  return settings;
}

function settingsFrom(given: RunRequest['given'], start: Start | undefined): TrainSettings {
  const recipe = given.preset === undefined ? {} : presetRecipe(given.preset);
  if (!start) return completeSettings(given, recipe);
  for (const [name, value] of Object.entries(start.settings)) {
    const asked = given[name as keyof typeof given];
    if (asked !== undefined && JSON.stringify(asked) !== JSON.stringify(value))
      throw new ArgumentError(
        name,
        `${value === undefined ? 'none' : showValue(value)}, as the model in '${start.initFrom.path}' has it`,
        asked,
      );
  }
  return { ...completeSettings({ ...given, ...start.settings }, recipe), initFrom: start.initFrom };
}

function continuedSettings(out: string, { settings }: RunRecord, given: RunRequest['given']): TrainSettings {
  for (const [name, value] of Object.entries(given) as [keyof TrainSettings, unknown][]) {
    // More epochs than were planned at first are what one resumes a finished run for. A text may have moved: its hash decides.
    if (!free.includes(name) && JSON.stringify(value) !== JSON.stringify(settings[name]))
      throw new ArgumentError(
        name,
        `${settings[name] === undefined ? 'none' : showValue(settings[name])}, as the run in '${out}' was started with`,
        value,
      );
  }
  const { corpus = settings.corpus, epochs = settings.epochs } = given;
  const { validationCorpus = settings.validationCorpus } = given;
  return { ...settings, corpus, epochs, ...(validationCorpus !== undefined && { validationCorpus }) };
}

/** Settings that a run which continues may be given again. */
const free: readonly (keyof TrainSettings)[] = ['epochs', 'corpus', 'validationCorpus'];

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
