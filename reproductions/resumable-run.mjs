// A long run in a folder: checkpoints of the trainer, and what was measured after each epoch, so that it can be interrupted.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointFolder } from '@throughtime/bptt-trainer/node';
import { InputError } from './input-error.mjs';

/**
 * @typedef {object} EpochRecord  losses in nats a prediction, as the epoch ended
 * @property {number} epoch
 * @property {number} training
 * @property {number} validation
 * @property {number} seconds  spent training in this epoch, by the clock
 */

/** The folder holds another run than the one that is to go on. */
export class AnotherRunError extends InputError {
  name = 'AnotherRunError';
}

/**
 * Opens the run in `folder`: `fit` continues with `resume`, undefined at first, and saves to `store`.
 * @param {string} folder
 * @param {object} options
 * @param {string} options.identity what the run is of: corpus and settings, in words
 * @param {boolean} [options.fresh] what is there of an earlier run is removed
 * @throws AnotherRunError
 */
export async function resumableRun(folder, { identity, fresh = false }) {
  const checkpoints = join(folder, 'checkpoints');
  const log = join(folder, 'epochs.json');
  const label = join(folder, 'run.txt');
  await mkdir(folder, { recursive: true });
  if (fresh) for (const path of [label, log, checkpoints]) await rm(path, { recursive: true, force: true });
  const found = await readIfThere(label);
  if (found !== undefined && found !== identity)
    throw new AnotherRunError(
      `${folder}: expected a run of ${identity}, found one of ${found}; --fresh removes it`,
    );
  if (found === undefined) await replaceText(label, identity);
  const store = checkpointFolder(checkpoints, { keep: 2 });
  const resume = await store.latest();
  // An epoch is entered before its checkpoint is saved; if only the former happened, it comes again.
  const records = (await readRecords(log)).filter(({ epoch }) => resume && epoch < resume.memory.epoch);
  return {
    store,
    resume,
    records,
    /** @param {EpochRecord} record */
    async add(record) {
      records.push(record);
      await replaceText(log, `${JSON.stringify(records, null, 2)}\n`);
    },
  };
}

/** @param {string} path @returns {Promise<EpochRecord[]>} */
async function readRecords(path) {
  return JSON.parse((await readIfThere(path)) ?? '[]');
}

/** @param {string} path */
function readIfThere(path) {
  return readFile(path, 'utf8').catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Written beside and renamed. @param {string} path @param {string} text */
async function replaceText(path, text) {
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, path);
}
