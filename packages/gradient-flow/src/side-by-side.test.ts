import { full, randomized, regular, sgd } from '@throughtime/bptt-trainer';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { ScalarModel, seriesBatch } from './fixtures/scalar-model.js';
import { sideBySide } from './side-by-side.js';

const random = Random.seeded(7);
const batches = () => [1, 2, 3].map((seed) => seriesBatch(4, 12, seed));

describe('sideBySide', () => {
  it('trains the three strategies on the same batches', async () => {
    const variants = [full(), regular(3), randomized(0.8)].map((truncation) => ({
      label: truncation.name,
      model: new ScalarModel(),
      options: { optimizer: sgd(0.1), clipNorm: 1, truncation, random },
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

  it('reports the variant that diverges, and continues with the next', async () => {
    const variant = (label: string, rate: number, clip: { clipNorm?: number }) => {
      return { label, model: new ScalarModel(), options: { optimizer: sgd(rate), random, ...clip } };
    };
    const [off, on] = await sideBySide(
      [variant('off', 1e200, {}), variant('on', 1e200, { clipNorm: 1e-200 })],
      { batches, epochs: 2 },
    );
    expect(off.divergedAt).toBe(2);
    expect(on.divergedAt).toBeUndefined();
    expect(on.perplexities.length).toBe(2);
  });

  it('refuses variants and options that are missing or unknown', async () => {
    const variant = { label: 'a', model: new ScalarModel(), options: { optimizer: sgd(0.1), random } };
    const run = (variants: unknown, options: unknown) => sideBySide(variants as never, options as never);
    await expect(run([variant], undefined)).rejects.toThrow('options: expected an object with the options');
    await expect(run([variant], { batches, epoch: 2 })).rejects.toThrow("did you mean 'epochs'?");
    await expect(run([{ ...variant, model: undefined }], { batches, epochs: 1 })).rejects.toThrow(
      'variants[0].model: expected a model that can be trained, got undefined',
    );
  });
});
