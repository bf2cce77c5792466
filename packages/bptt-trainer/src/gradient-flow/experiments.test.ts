import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { ElmanModel } from '../fixtures/elman-model.js';
import { tokenBatches } from '../fixtures/token-batches.js';
import { sgd } from '../optimizers/sgd.js';
import { full } from '../truncation/full.js';
import { randomized } from '../truncation/randomized.js';
import { regular } from '../truncation/regular.js';
import { randomizedEstimate } from './randomized-estimate.js';
import { sideBySide } from './side-by-side.js';
import { truncatedGradient } from './truncated-gradient.js';
import { truncationErrors } from './truncation-error.js';

const batch = tokenBatches({ rows: 2, steps: 8, count: 1 })[Symbol.iterator]().next().value!;
const random = Random.seeded(7);

describe('truncatedGradient', () => {
  it("of full truncation is the model's own, and the weights stay", async () => {
    const [model, oracle] = [new ElmanModel(), new ElmanModel()];
    const gradient = await truncatedGradient(model, batch, full(), random);
    oracle.lossAndGradients(batch, oracle.initialState(2), { random });
    expect([...gradient]).toEqual(oracle.parameters.flatMap((parameter) => [...parameter.gradient]));
    expect(model.parameters.map(({ data }) => data)).toEqual(oracle.parameters.map(({ data }) => data));
  });
});

describe('truncationErrors', () => {
  it('falls with tau to nothing at T', async () => {
    const errors = await truncationErrors(new ElmanModel(), batch, [1, 2, 4, 8, 20], random);
    expect(errors.map(({ steps }) => steps)).toEqual([1, 2, 4, 8, 20]);
    expect(errors[0].relativeError).toBeGreaterThan(0.01);
    expect(errors[1].relativeError).toBeLessThan(errors[0].relativeError);
    expect(errors[2].relativeError).toBeLessThan(errors[1].relativeError);
    for (const { relativeError, cosine } of errors.slice(3)) {
      expect(relativeError).toBeLessThan(1e-6);
      expect(cosine).toBeCloseTo(1, 10);
    }
  });
});

describe('randomizedEstimate', () => {
  it('is unbiased, and noisier the more is cut', async () => {
    const model = new ElmanModel();
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
});

describe('sideBySide', () => {
  const batches = () => tokenBatches({ steps: 12, count: 3 });

  it('trains the three strategies on the same batches', async () => {
    const variants = [full(), regular(3), randomized(0.8)].map((truncation) => ({
      label: truncation.name,
      model: new ElmanModel({ hidden: 8 }),
      options: { optimizer: sgd(0.5), clipNorm: 1, truncation, random },
    }));
    const results = await sideBySide(variants, { batches, epochs: 30 });
    expect(results.map(({ label }) => label)).toEqual(['full', 'regular(3)', 'randomized(0.8)']);
    expect(results.slice(0, 2).map(({ longestWindow }) => longestWindow)).toEqual([12, 3]);
    expect(results[2].longestWindow).toBeLessThanOrEqual(12);
    for (const { perplexities, gradientNorms, seconds, divergedAt } of results) {
      expect(perplexities.length).toBe(30);
      expect(perplexities[29]).toBeLessThan(perplexities[0]);
      expect(gradientNorms.length % 90).toBe(0);
      expect(seconds).toBeGreaterThan(0);
      expect(divergedAt).toBeUndefined();
    }
  });

  it('reports the variant that diverges, and goes on with the next', async () => {
    const variant = (label: string, rate: number, clip: { clipNorm?: number }) => {
      const model = new ElmanModel({ hidden: 8 });
      return { label, model, options: { optimizer: sgd(rate), random, ...clip } };
    };
    const [off, on] = await sideBySide(
      [variant('off', 1e200, {}), variant('on', 1e200, { clipNorm: 1e-200 })],
      { batches, epochs: 2 },
    );
    expect(off.divergedAt).toBe(2);
    expect(on.divergedAt).toBeUndefined();
    expect(on.perplexities.length).toBe(2);
  });
});
