import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore, TrainerSnapshot } from '@throughtime/bptt-trainer';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import { type Reporter, UsageError } from '@throughtime/command-line';
import { type LoadedCorpus, readCorpus } from '../text/corpus.js';
import { presetSettings } from './preset-settings.js';
import { type RunRecord, readRecord, recordOf, writeRecord } from './run-record.js';
import { completeSettings, type TrainSettings } from './train-settings.js';

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
  /** Where to go on; undefined to start from the beginning. */
  readonly snapshot: TrainerSnapshot | undefined;
  /** Makes the folder this run's. Until then nothing in it has changed: call it once all else is known to be in order. */
  begin(): Promise<void>;
}

/**
 * Finds what a run needs: a new one's folder free, an old one's record, corpus and last checkpoint.
 * @throws UsageError when the folder holds a run that is neither to be continued nor replaced, or no run where one is to be
 *   continued, or another one than the options describe
 */
export async function openRun(
  request: RunRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OpenRun> {
  const { given, out, resume, overwrite } = request;
  const record = await readRecord(out);
  const settings = resume ? continuedSettings(out, record, given) : freshSettings(given);
  if (!resume && !overwrite) await requireFree(out, record);

  const corpus = await readCorpus(settings.corpus, { reporter, signal });
  const next = recordOf(settings, corpus.text);
  if (resume && record && record.corpusHash !== next.corpusHash)
    throw new UsageError(
      `--resume: expected the text that the run was started on, but '${settings.corpus}' has changed`,
    );

  const checkpoints = join(out, 'checkpoints');
  const store = checkpointFolder(checkpoints, { keep: 2 });
  const snapshot = resume ? await store.latest() : undefined;
  if (resume && !snapshot) reporter.note('No checkpoint was saved yet: starting from the beginning.');
  return {
    settings,
    corpus,
    store,
    snapshot,
    async begin() {
      await makeFolder(out);
      if (!resume) await rm(checkpoints, { recursive: true, force: true });
      await writeRecord(out, next);
    },
  };
}

async function requireFree(out: string, record: RunRecord | undefined): Promise<void> {
  if (!record && !(await exists(join(out, 'config.json')))) return;
  throw new UsageError(
    `--out: '${out}' holds a model; continue its training with --resume, replace it with --overwrite, or name another folder`,
  );
}

function freshSettings(given: Partial<TrainSettings>): TrainSettings {
  return completeSettings(given, given.preset === undefined ? {} : presetSettings(given.preset));
}

function continuedSettings(
  out: string,
  record: RunRecord | undefined,
  given: Partial<TrainSettings>,
): TrainSettings {
  if (!record) throw new UsageError(`--resume: expected a training run in '${out}', found none`);
  const { settings } = record;
  for (const [name, value] of Object.entries(given) as [keyof TrainSettings, unknown][]) {
    // More epochs than were planned at first are what one resumes a finished run for.
    if (name !== 'epochs' && JSON.stringify(value) !== JSON.stringify(settings[name]))
      throw new UsageError(
        `--resume: option ${name}: expected ${settings[name]}, as the run in '${out}' was started with, got ${value}`,
      );
  }
  return { ...settings, epochs: given.epochs ?? settings.epochs };
}

async function makeFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--out: expected a folder that can be written to, got '${out}' (${code})`);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
