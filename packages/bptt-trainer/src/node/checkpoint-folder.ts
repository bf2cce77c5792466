import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOptions, messageOf, nonEmptyText, whole } from '@throughtime/errors';
import { isLeftOver, makeFolder, readWholeFile, replaceFile } from '@throughtime/platform/node';
import { CheckpointWriteError, InvalidCheckpointError } from '../errors.js';
import { decodeCheckpoint, encodeCheckpoint } from '../snapshot/format.js';
import type { TrainerSnapshot } from '../snapshot/snapshot.js';
import type { CheckpointStore } from '../snapshot/store.js';

/** How much a folder of checkpoints keeps. */
export interface CheckpointFolderOptions {
  /** How many of the last checkpoints are kept. Default 3. */
  readonly keep?: number;
}

const pattern = /^checkpoint-(\d+)\.safetensors$/;

/**
 * Checkpoints in a folder: `checkpoint-000001.safetensors` and so on, numbered as they are saved. Each is written beside its
 * place, flushed and renamed; older ones are removed only when it is in place. Only one process may write to a folder at a time.
 * @param folder made when the first checkpoint is saved
 * @throws ArgumentError
 *
 * @example
 * ```ts
 * import type { BatchSource, BpttTrainer, TrainingBatch } from '@throughtime/bptt-trainer';
 * import { checkpointFolder } from '@throughtime/bptt-trainer/node';
 * async function train<B extends TrainingBatch, S>(trainer: BpttTrainer<B, S>, batches: BatchSource<B>) {
 *   const store = checkpointFolder('out/checkpoints', { keep: 3 });
 *   const resume = await store.latest(); // undefined the first time
 *   const checkpoints = { store, everySteps: 500 };
 *   for await (const event of trainer.fit(batches, { epochs: 10, checkpoints, ...(resume && { resume }) }))
 *     if (event.type === 'checkpoint') console.log(event.location);
 * }
 * ```
 */
export function checkpointFolder(folder: string, options: CheckpointFolderOptions = {}): CheckpointStore {
  nonEmptyText('folder', folder);
  checkOptions<CheckpointFolderOptions>(options, { keep: whole({ from: 1 }) });
  const { keep = 3 } = options;
  let cleaned = false;

  return {
    async save(snapshot) {
      const failure = (what: string, cause: unknown) =>
        new CheckpointWriteError(
          `${folder}: the checkpoint of step ${snapshot.memory.updater.step} ${what}`,
          { cause },
        );
      let before: number[];
      let path: string;
      try {
        await makeFolder(folder);
        if (!cleaned) await removeLeftOvers(folder);
        cleaned = true;
        before = await numbers(folder);
        path = join(folder, nameOf((before.at(-1) ?? 0) + 1));
        await replaceFile(path, encodeCheckpoint(snapshot));
      } catch (error) {
        throw failure(`could not be written: ${messageOf(error)}; those before it are whole`, error);
      }
      for (const name of before.slice(0, Math.max(0, before.length + 1 - keep)).map(nameOf)) {
        // Somebody may have removed it: that is no reason to end a run.
        await rm(join(folder, name), { force: true }).catch((error) => {
          throw failure(`was saved, but ${name} before it could not be removed: ${messageOf(error)}`, error);
        });
      }
      return path;
    },

    async latest() {
      const saved = await numbers(folder);
      const last = saved.at(-1);
      if (last === undefined) return undefined;
      const before = saved.at(-2);
      const advice =
        before === undefined ? '' : `; remove it to continue from ${join(folder, nameOf(before))}`;
      return readCheckpoint(join(folder, nameOf(last)), advice);
    },
  };
}

async function readCheckpoint(path: string, advice: string): Promise<TrainerSnapshot> {
  const bytes = await readWholeFile(path);
  try {
    return decodeCheckpoint(bytes);
  } catch (error) {
    if (!(error instanceof InvalidCheckpointError)) throw error;
    throw new InvalidCheckpointError(`${path}: ${error.message}${advice}`, { cause: error });
  }
}

/** The numbers of the checkpoints there are, ascending; none when the folder does not exist. */
async function numbers(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .map((name) => Number(pattern.exec(name)?.[1]))
    .filter((number, i) => names[i] === nameOf(number))
    .sort((a, b) => a - b);
}

function nameOf(number: number): string {
  return `checkpoint-${String(number).padStart(6, '0')}.safetensors`;
}

/** Removes what a process left that was killed while it wrote a checkpoint. */
async function removeLeftOvers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('.checkpoint-') && isLeftOver(name)) await rm(join(folder, name), { force: true });
  }
}
