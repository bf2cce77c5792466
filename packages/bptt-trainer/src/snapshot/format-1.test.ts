import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { collect } from '../fixtures/collect.js';
import { type ElmanBatch, ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import {
  adam,
  adamW,
  averagedSgd,
  BpttTrainer,
  cosine,
  type FitOptions,
  nonMonotonicAveragedSgd,
  oneCycle,
  onPlateau,
  randomized,
  randomLengths,
  regular,
  rmsProp,
  sgd,
  type TrainerOptions,
  warmUp,
} from '../index.js';
import { checkpointFolder } from '../node/index.js';

// Checkpoints that were saved in format 1, in the middle of a run, and how that run ends when nothing stops it;
// fixtures/format-1/make-fixtures.mjs wrote them. Every later version must go on from them to the same weights, to the byte. Never write
// them again: where names have changed since, this file changes.
const fixtures = fileURLToPath(new URL('./fixtures/format-1/', import.meta.url));

interface Expected {
  readonly checkpoint: { readonly step: number };
  /** Of each update after the checkpoint. */
  readonly losses: readonly number[];
  readonly end: {
    readonly reason: string;
    readonly epoch: number;
    readonly step: number;
    readonly best: { readonly epoch: number; readonly loss: number } | null;
  };
  /** Of all weights at the end, little-endian float32 in the model's order. */
  readonly sha256: string;
}

const expected: Readonly<Record<string, Expected>> = JSON.parse(
  await readFile(join(fixtures, 'expected.json'), 'utf8'),
);

interface Run {
  readonly trainer: Omit<TrainerOptions<ElmanBatch>, 'random'>;
  readonly epochs?: number;
  /** What of the rest `fit` is given, beside validation where it is asked for. */
  readonly fit?: Partial<FitOptions<ElmanBatch>>;
  readonly validation?: boolean;
  readonly continues?: boolean;
}

/** The runs' settings, as the program that made the checkpoints has them. */
const runs: Readonly<Record<string, Run>> = {
  adam: {
    trainer: {
      optimizer: adam(0.05, { betas: [0.8, 0.99], weightDecay: 0.01 }),
      schedule: warmUp(5),
      clipNorm: 1,
    },
    validation: true,
    fit: { restoreBest: true },
  },
  // The best weights are those of a validation before the checkpoint: they come from the file.
  'adam-best-before': {
    trainer: { optimizer: adam(6), schedule: warmUp(60) },
    validation: true,
    fit: { restoreBest: true },
  },
  'averaged-sgd': {
    trainer: { optimizer: averagedSgd(1, { startAt: 5, lambda: 0.01 }) },
    validation: true,
    fit: { restoreBest: true },
  },
  // At an epoch's end, when the model shows its averages and not the weights that train.
  'averaged-sgd-end-of-epoch': {
    trainer: { optimizer: averagedSgd(1, { startAt: 5, lambda: 0.01 }) },
    validation: true,
  },
  'non-monotonic-plateau': {
    trainer: {
      optimizer: nonMonotonicAveragedSgd(2, { patience: 1 }),
      schedule: onPlateau({ patience: 0, factor: 0.5 }),
      reduction: 'sum-over-time',
    },
    epochs: 12,
    validation: true,
    fit: { earlyStopping: { patience: 6 } },
  },
  'momentum-cosine': {
    trainer: { optimizer: sgd(0.3, { momentum: 0.9 }), schedule: cosine(), clipValue: 0.2 },
  },
  'rms-prop-windows': {
    trainer: { optimizer: rmsProp(0.01, { momentum: 0.5 }), truncation: regular({ every: 2, back: 5 }) },
  },
  'adam-w-randomized-accumulated': {
    trainer: { optimizer: adamW(0.02), truncation: randomized(0.7), accumulate: 3 },
    continues: false,
  },
  'nesterov-random-lengths-one-cycle': {
    trainer: {
      optimizer: sgd(0.3, { momentum: 0.8, nesterov: true }),
      truncation: randomLengths({ steps: 2, deviation: 1, shortest: 1 }),
      schedule: oneCycle(),
    },
  },
};

function hashOf(model: ElmanModel): string {
  const hash = createHash('sha256');
  for (const { data } of model.parameters)
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

it('every checkpoint of format 1 is one of the runs', () => {
  expect(Object.keys(runs).sort()).toEqual(Object.keys(expected).sort());
});

describe.each(Object.entries(runs))('a checkpoint of format 1: %s', (name, run) => {
  it('continues to the weights of the run that nothing stopped', async () => {
    const { checkpoint, losses, end, sha256 } = expected[name];
    const resume = await checkpointFolder(join(fixtures, name)).latest();
    // Other seeds than the run's: everything must come from the checkpoint.
    const model = Object.assign(new ElmanModel({ seed: 99 }), { noise: 0.5 });
    const trainer = new BpttTrainer(model, { ...run.trainer, random: Random.seeded(77) });
    const { continues = true, epochs = 6 } = run;
    const events = await collect(
      trainer.fit(tokenBatches({ continues, seed: 78 }), {
        epochs,
        ...run.fit,
        ...(run.validation && { validation: tokenBatches({ seed: 79, count: 2 }) }),
        resume: resume!,
      }),
    );
    expect(events.steps[0].step).toBe(checkpoint.step + 1);
    expect(events.steps.map(({ loss }) => loss)).toEqual(losses);
    expect({ ...events.end, best: events.end.best ?? null }).toMatchObject(end);
    expect(hashOf(model)).toBe(sha256);
  });
});
