import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BpttTrainer, sgd } from '@throughtime/bptt-trainer';
import { randomBatches } from '@throughtime/datasets';
import { RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AnotherRunError, resumableRun } from './resumable-run.mjs';

const ids = Int32Array.from({ length: 100 }, (_, i) => (i * i) % 5);
/** @type {string} */
let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/**
 * Trains for four epochs, recording each, and leaves after `until` of them, before the checkpoint of the last.
 * @param {{ until?: number, fresh?: boolean, identity?: string }} [options]
 */
async function train({ until = Number.POSITIVE_INFINITY, fresh = false, identity = 'squares' } = {}) {
  const random = Random.seeded(1);
  const model = new RecurrentLanguageModel({ vocabularySize: 5, hiddenSize: 3, cell: 'rnn', random });
  const trainer = new BpttTrainer(model, { optimizer: sgd(1), random });
  const batches = randomBatches(ids, { batchSize: 2, steps: 5, random });
  const { store, resume, records, add } = await resumableRun(folder, { identity, fresh });
  const begun = resume?.memory.epoch ?? 1;
  for await (const event of trainer.fit(batches, {
    epochs: 4,
    checkpoints: { store },
    ...(resume && { resume }),
  })) {
    if (event.type !== 'epoch') continue;
    await add({ epoch: event.epoch, training: event.loss, validation: 0, seconds: 1 });
    if (event.epoch === until) break;
  }
  return { begun, records, weights: model.parameters.map(({ data }) => [...data]) };
}

it('continues where it was interrupted, to the same weights and records', async () => {
  const whole = await train({ fresh: true });
  await train({ fresh: true, until: 3 });
  const resumed = await train();
  // The third epoch had ended, but its checkpoint was not saved yet: it comes again, and is recorded once.
  expect(resumed.begun).toBe(3);
  expect(resumed.records).toEqual(whole.records);
  expect(resumed.records.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  expect(resumed.weights).toEqual(whole.weights);
});

it('is done when it was done', async () => {
  const whole = await train();
  expect(await train()).toEqual({ ...whole, begun: 5 });
});

it('starts over when asked to', async () => {
  await train({ until: 3 });
  expect((await train({ fresh: true })).begun).toBe(1);
  expect(await readdir(folder)).not.toContain('run.txt.tmp');
});

it('refuses to go on with another run, and names both', async () => {
  await train({ until: 2 });
  await expect(train({ identity: 'cubes' })).rejects.toThrow(AnotherRunError);
  await expect(train({ identity: 'cubes' })).rejects.toThrow(/a run of cubes, found one of squares; --fresh/);
});
