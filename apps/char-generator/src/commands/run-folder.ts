import { createHash } from 'node:crypto';
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore, TrainerSnapshot } from '@throughtime/bptt-trainer';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import { endingAtOnce, HeldFolder, type Reporter, UsageError } from '@throughtime/command-line';
import { ArgumentError, isUserError, showValue } from '@throughtime/errors';
import { replaceFiles } from '@throughtime/platform/node';
import type { LoadedCorpus } from '../core/corpus.js';
import { presetRecipe } from '../core/presets.js';
import { decodeRecord, encodeRecord, type RunRecord } from '../core/run-record.js';
import { completeSettings, type TrainSettings } from '../core/settings.js';
import { readCorpus } from './read-corpus.js';

export interface RunRequest {
  /** Settings given on the command line; the rest is default, or the recorded run's. */
  readonly given: Partial<TrainSettings>;
  /** The folder of the model, its record and its checkpoints. */
  readonly out: string;
  readonly resume: boolean;
  readonly overwrite: boolean;
}

export interface OpenRun {
  readonly settings: TrainSettings;
  readonly corpus: LoadedCorpus;
  readonly store: CheckpointStore;
  /** A hash of settings and corpus: what checkpoints and model name the run by. */
  readonly run: string;
  /** Where to continue; undefined to start from the beginning. */
  readonly snapshot: TrainerSnapshot | undefined;
  /** Makes the folder this run's. Until then nothing in it has changed: call it once all else is known to be in order. */
  begin(): Promise<void>;
  /** Gives the folder free for other runs. */
  close(): Promise<void>;
}

const recordName = 'training.json';
const checkpointsName = 'checkpoints';

/**
 * Finds what a run needs: a new one's folder free, an old one's record, corpus and last checkpoint. The folder is held from here
 * on, so that a second run cannot mix its files with this one's.
 * @throws FolderLockedError when another run holds the folder; UsageError when it holds a run that is neither to be continued
 *   nor replaced, or no run where one is to be continued, or another one than the options describe
 */
export async function openRun(
  request: RunRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OpenRun> {
  const { given, out, resume, overwrite } = request;
  const folder = await HeldFolder.at(out);
  try {
    const record = resume ? await readRecord(out) : undefined;
    if (!resume && !overwrite) await requireFree(out);
    const settings = record ? continuedSettings(out, record, given) : freshSettings(given);

    const corpus = await readCorpus(settings.corpus, { reporter, signal });
    const corpusHash = createHash('sha256').update(corpus.text).digest('hex');
    if (record && record.corpusHash !== corpusHash) {
      const problem =
        settings.corpus === record.settings.corpus
          ? `'${settings.corpus}' has changed`
          : `'${settings.corpus}' is another than '${record.settings.corpus}' was`;
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

/** A hash of all that decides what a run computes. More epochs, or another name of the text, make no other run. */
function runIdentity({ epochs: _, corpus: __, ...settings }: TrainSettings, corpusHash: string): string {
  const fields = Object.entries(settings)
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
      'train anew with --overwrite, or in another folder',
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

function freshSettings(given: Partial<TrainSettings>): TrainSettings {
  return completeSettings(given, given.preset === undefined ? {} : presetRecipe(given.preset));
}

function continuedSettings(
  out: string,
  { settings }: RunRecord,
  given: Partial<TrainSettings>,
): TrainSettings {
  for (const [name, value] of Object.entries(given) as [keyof TrainSettings, unknown][]) {
    // More epochs than were planned at first are what one resumes a finished run for. A text may have moved: its hash decides.
    if (name !== 'epochs' && name !== 'corpus' && JSON.stringify(value) !== JSON.stringify(settings[name]))
      throw new ArgumentError(
        name,
        `${settings[name] === undefined ? 'none' : showValue(settings[name])}, as the run in '${out}' was started with`,
        value,
      );
  }
  return { ...settings, corpus: given.corpus ?? settings.corpus, epochs: given.epochs ?? settings.epochs };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
