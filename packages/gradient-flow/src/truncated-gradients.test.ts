import { full, UnsupportedTruncationError } from '@throughtime/bptt-trainer';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { ScalarModel, seriesBatch } from './fixtures/scalar-model.js';
import { randomizedEstimate, truncatedGradient, truncationErrors } from './truncated-gradients.js';

const batch = seriesBatch(2, 8);
const random = Random.seeded(7);

describe('truncatedGradient', () => {
  it("of full truncation is the model's own, which is that of differences, and the weights stay", async () => {
    const [model, oracle] = [new ScalarModel(), new ScalarModel()];
    const gradient = await truncatedGradient(model, batch, full(), random);
    oracle.lossAndGradients(batch, oracle.initialState(2), { random });
    expect([...gradient]).toEqual(oracle.parameters.flatMap((parameter) => [...parameter.gradient]));
    expect(model.parameters.map(({ data }) => data)).toEqual(oracle.parameters.map(({ data }) => data));
    for (const [i, { data }] of oracle.parameters.entries()) {
      const lossAt = (change: number) => {
        const kept = data[0];
        data[0] = kept + change;
        const { loss } = oracle.evaluate(batch, oracle.initialState(2));
        data[0] = kept;
        return loss;
      };
      expect(gradient[i]).toBeCloseTo((lossAt(1e-3) - lossAt(-1e-3)) / 2e-3, 4);
    }
  });
});

describe('truncationErrors', () => {
  it('falls with tau to nothing at T', async () => {
    const errors = await truncationErrors(new ScalarModel(), batch, [1, 2, 4, 8, 20], random);
    expect(errors.map(({ steps }) => steps)).toEqual([1, 2, 4, 8, 20]);
    expect(errors[0].relativeError).toBeGreaterThan(0.01);
    expect(errors[1].relativeError).toBeLessThan(errors[0].relativeError);
    expect(errors[2].relativeError).toBeLessThan(errors[1].relativeError);
    for (const { relativeError, cosine } of errors.slice(3)) {
      expect(relativeError).toBeLessThan(1e-6);
      expect(cosine).toBeCloseTo(1, 10);
    }
  });

  it('names what cannot be: a tau of 0, a model without overlapping windows', async () => {
    const model = new ScalarModel();
    await expect(truncationErrors(model, batch, [1, 0], random)).rejects.toThrow(
      'taus[1]: expected a whole number of at least 1, got 0',
    );
    const plain = Object.assign(new ScalarModel(), { capabilities: [] });
    await expect(truncationErrors(plain, batch, [2], random)).rejects.toThrow(UnsupportedTruncationError);
  });
});

describe('randomizedEstimate', () => {
  it('is unbiased, and noisier the more is cut', async () => {
    const model = new ScalarModel();
    const estimates = [];
    for (const keep of [0.9, 0.6])
      estimates.push(await randomizedEstimate(model, batch, keep, { repeats: 400, random }));
    for (const { relativeBias, standardError } of estimates) {
      // The bias is a root of a sum of many squares: three times its expectation is far out.
      expect(relativeBias).toBeLessThan(3 * standardError);
    }
    expect(estimates[1].relativeDeviation).toBeGreaterThan(estimates[0].relativeDeviation);
    const never = await randomizedEstimate(model, batch, 1, { repeats: 2, random });
    expect(never.relativeDeviation).toBe(0);
    expect(never.relativeBias).toBe(0);
  });

  it('refuses options that are missing or unknown, and a deviation of one estimate', async () => {
    const estimate = (options: object) => randomizedEstimate(new ScalarModel(), batch, 0.9, options as never);
    await expect(estimate({})).rejects.toThrow('random: expected a Random, such as Random.seeded(1)');
    await expect(estimate({ random, repeat: 3 })).rejects.toThrow("did you mean 'repeats'?");
    await expect(estimate({ random, repeats: 1 })).rejects.toThrow('repeats: expected a whole number of at');
  });
});
