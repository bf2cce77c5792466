import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { editions, type SineExperimentOptions, sineExperiment } from './sine-experiment.js';

const seeds = [1, 2, 3, 4, 5];
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const run = (seed: number, options: Omit<SineExperimentOptions, 'random'> = {}) =>
  sineExperiment({ random: Random.seeded(seed), ...options });

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('sineExperiment', () => {
  it('reproduces edition 1.0: a linear model whose validation error is .046-.056, the floor being .04', async () => {
    const all = await Promise.all(seeds.map((seed) => run(seed)));
    expect(all[0].validationError).toBeGreaterThan(0.046);
    expect(all[0].validationError).toBeLessThan(0.056);
    expect(all[0].noiseFloor).toBeCloseTo(0.04, 12);
    // One noise sample of 396 values moves the error by some 7%: the mean over seeds must be in range as well.
    const mean = average(all.map((one) => one.validationError));
    expect(mean).toBeGreaterThan(0.046);
    expect(mean).toBeLessThan(0.056);
  });

  it.each(['0.6', '0.7', '0.14', '0.17'] as const)(
    'reproduces edition %s: an MLP whose training error is .045-.065',
    async (edition) => {
      for (const seed of seeds) {
        const { trainingError, model } = await run(seed, { edition });
        expect(model).toBe('mlp');
        expect(trainingError).toBeGreaterThan(0.045);
        expect(trainingError).toBeLessThan(0.065);
      }
    },
  );

  it('has the chapter’s shapes: 996 windows, free running from 604, a table of 933 x 68', async () => {
    const { oneStep, multiStep, multiStepStart, values, kStep } = await run(1);
    expect(oneStep.length).toBe(996);
    expect(multiStepStart).toBe(604);
    expect(multiStep.subarray(0, 604)).toEqual(values.subarray(0, 604));
    expect([kStep.rows, kStep.columns]).toEqual([933, 68]);
    // The first four columns are observed, and the fifth is the one-step prediction.
    expect([...kStep.cells.subarray(68, 72)]).toEqual([...values.subarray(1, 5)]);
    expect([...kStep.column(1)]).toEqual([...oneStep.subarray(0, 933)]);
  });

  it.each(['linear', 'mlp'] as const)('%s: errors rise with k, in and out of sample', async (model) => {
    for (const seed of seeds) {
      const { kStep } = await run(seed, { model });
      for (const fromRow of [0, 600]) {
        const errors = [1, 4, 16, 64].map((k) => kStep.meanSquaredError(k, { fromRow }));
        for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeGreaterThan(errors[i - 1]);
      }
    }
  });

  it.each(['linear', 'mlp'] as const)('%s: free running decays to a constant', async (model) => {
    for (const seed of seeds) {
      const { multiStep, clean } = await run(seed, { model });
      const spread = (values: Float64Array) => Math.max(...values) - Math.min(...values);
      // The true wave still moves by 0.9 in the last hundred steps.
      expect(spread(clean.subarray(900))).toBeGreaterThan(0.8);
      expect(spread(multiStep.subarray(900))).toBeLessThan(0.1);
    }
  });

  it('solves the noise-free sine with two lags to 1e-6, at every k', async () => {
    const { trainingError, validationError, kStep, values } = await run(1, {
      model: 'least-squares',
      lags: 2,
      noise: 0,
    });
    expect(trainingError).toBeLessThan(1e-12);
    expect(validationError).toBeLessThan(1e-12);
    const errors = [...kStep.column(64)].map((value, row) => Math.abs(value - values[row + 2 + 63]));
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  it('predicts better from more lags, tau 1 to 16, by least squares', async () => {
    const errors = await Promise.all(
      [1, 2, 4, 16].map(async (lags) => (await run(1, { model: 'least-squares', lags })).validationError),
    );
    for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeLessThan(errors[i - 1]);
  });

  it('takes sparse lags', async () => {
    const { kStep, validationError, multiStepStart } = await run(1, {
      model: 'least-squares',
      lags: [1, 5, 9, 13],
    });
    expect(multiStepStart).toBe(613);
    expect([kStep.rows, kStep.columns]).toEqual([1000 - 13 - 64 + 1, 77]);
    expect(validationError).toBeLessThan(0.06);
  });

  it.each(['rnn', 'gru', 'lstm'] as const)('%s: learns one step, and errors rise with k', async (model) => {
    const { trainingError, kStep } = await run(1, { model, epochs: 1 });
    expect(trainingError).toBeLessThan(0.1);
    expect(kStep.meanSquaredError(64)).toBeGreaterThan(kStep.meanSquaredError(1));
  });

  it('gives the same result for the same seed', async () => {
    const [first, second] = [await run(3, { edition: '0.17' }), await run(3, { edition: '0.17' })];
    expect(first.oneStep).toEqual(second.oneStep);
  });

  it('names settings that cannot be', async () => {
    await expect(run(1, { lags: 0 })).rejects.toThrow('lags: expected a count from 1');
    await expect(run(1, { lags: [1, 1] })).rejects.toThrow('distinct whole offsets');
    await expect(run(1, { train: 996 })).rejects.toThrow(
      'train: expected a whole number from 1 to 995, got 996',
    );
    await expect(run(1, { edition: '2.0' as '1.0' })).rejects.toThrow(
      `edition: expected one of '${Object.keys(editions)[0]}'`,
    );
    await expect(run(1, { length: 50, train: 40 })).rejects.toThrow('4 lags and 64 steps');
    await expect(run(1, { edition: '0.17', optimizer: 'sgd', learningRate: 1e6 })).rejects.toThrow(
      'mlp: expected the loss to stay finite',
    );
  });

  it('refuses layers that a model does not have, but not those of an edition', async () => {
    const small = { length: 30, train: 10, maxSteps: 2, epochs: 1 };
    for (const model of ['rnn', 'gru', 'lstm'] as const) {
      for (const hiddenSize of [[3, 4], []]) {
        await expect(run(1, { ...small, model, hiddenSize })).rejects.toThrow(
          `hiddenSize: expected one size, as ${model} has one layer, got`,
        );
      }
      await run(1, { ...small, model, hiddenSize: [3] });
      await run(1, { ...small, model, edition: '0.6' });
    }
    await run(1, { ...small, model: 'mlp', hiddenSize: [3, 4] });
    await expect(run(1, { ...small, hiddenSize: 3 })).rejects.toThrow(
      'hiddenSize: expected none, as linear has no hidden layer, got 3',
    );
  });
});
