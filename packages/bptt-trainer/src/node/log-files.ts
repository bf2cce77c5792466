import { randomUUID } from 'node:crypto';
import { appendFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder } from '@throughtime/platform/node';
import { csv } from '../loggers/csv.js';
import { jsonLines } from '../loggers/json-lines.js';
import type { TrainingLogger } from '../loggers/logger.js';
import { tensorBoard } from '../loggers/tensor-board.js';

/** {@link jsonLines}, appended to a file. The file and its folder are made where there are none. */
export function jsonLinesFile(path: string): TrainingLogger {
  return jsonLines((text) => append(path, text));
}

/** {@link csv}, appended to a file. The file, its folder and the line of column names are made where there are none. */
export function csvFile(path: string): TrainingLogger {
  let logger: TrainingLogger | undefined;
  return {
    async log(event) {
      logger ??= csv((text) => append(path, text), { header: await isEmpty(path) });
      await logger.log(event);
    },
  };
}

/**
 * {@link tensorBoard} in a new file in a folder: `tensorboard --logdir FOLDER` shows it. A resumed run starts another file,
 * which TensorBoard joins to those before.
 */
export function tensorBoardFile(folder: string): TrainingLogger {
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
  // TensorFlow's names, which sort by time; the last part tells apart two files of one second.
  const name = `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}`;
  return tensorBoard((bytes) => append(join(folder, name), bytes));
}

async function append(path: string, data: string | Uint8Array): Promise<void> {
  try {
    await appendFile(path, data);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    await appendFile(path, data);
  }
}

async function isEmpty(path: string): Promise<boolean> {
  return stat(path).then(
    ({ size }) => size === 0,
    () => true,
  );
}
