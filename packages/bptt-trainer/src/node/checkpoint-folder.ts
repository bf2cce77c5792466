import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@throughtime/safetensors/node';
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint-format.js';
import type { CheckpointStore } from '../checkpoint/checkpoint-store.js';
import { CheckpointWriteError, InvalidCheckpointError } from '../checkpoint/errors.js';
import type { TrainerSnapshot } from '../checkpoint/snapshot.js';
import { requireWhole } from '../errors.js';

export interface CheckpointFolderOptions {
  /** How many of the last checkpoints are kept. Default 3. */
  readonly keep?: number;
}

const pattern = /^checkpoint-(\d+)\.safetensors$/;
/** What a process that was killed while writing leaves. */
const leftOver = /^\.checkpoint-\d+\.safetensors\..+\.tmp$/;

/**
 * Checkpoints in a folder, `checkpoint-000001.safetensors` and so on, numbered as they are saved. Each is written beside,
 * flushed and renamed; older ones go only when it is in place. One process writes to a folder at a time.
 * @param folder made when the first checkpoint is saved
 */
export function checkpointFolder(
  folder: string,
  { keep = 3 }: CheckpointFolderOptions = {},
): CheckpointStore {
  requireWhole('checkpointFolder: keep', keep, 1);
  let cleaned = false;

  return {
    async save(snapshot) {
      try {
        await mkdir(folder, { recursive: true });
        if (!cleaned) await removeLeftOvers(folder);
        cleaned = true;
        const before = await numbers(folder);
        const path = pathOf(folder, (before.at(-1) ?? 0) + 1);
        await replaceFile(path, encodeCheckpoint(snapshot));
        for (const old of before.slice(0, Math.max(0, before.length + 1 - keep)))
          await rm(pathOf(folder, old));
        return path;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CheckpointWriteError(
          `${folder}: the checkpoint of step ${snapshot.memory.updater.step} could not be written: ${reason}; ` +
            'those before it are whole',
          { cause: error },
        );
      }
    },

    async latest() {
      const saved = await numbers(folder);
      const last = saved.at(-1);
      if (last === undefined) return undefined;
      const before = saved.at(-2);
      const advice = before === undefined ? '' : `; remove it to continue from ${pathOf(folder, before)}`;
      return readCheckpoint(pathOf(folder, last), advice);
    },
  };
}

async function readCheckpoint(path: string, advice: string): Promise<TrainerSnapshot> {
  const bytes = await readFile(path);
  try {
    return decodeCheckpoint(bytes);
  } catch (error) {
    if (!(error instanceof InvalidCheckpointError)) throw error;
    throw new InvalidCheckpointError(`${path}: ${error.message}${advice}`, { cause: error });
  }
}

/** Of the checkpoints there are, ascending; none when the folder does not exist. */
async function numbers(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function pathOf(folder: string, number: number): string {
  return join(folder, `checkpoint-${String(number).padStart(6, '0')}.safetensors`);
}

async function removeLeftOvers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (leftOver.test(name)) await rm(join(folder, name), { force: true });
  }
}
