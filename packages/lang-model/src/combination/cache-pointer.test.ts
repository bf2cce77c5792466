import { describe, expect, it } from 'vitest';
import { tokenLogProbabilities } from '../evaluation/perplexity.js';
import { uniformModel } from '../fixtures/bigram-table.js';
import { CachePointerModel, type CachePointerOptions } from './cache-pointer.js';

/** The definition, written out: probabilities after `ids` of a uniform model whose output is one-hot of the last token. */
function byDefinition(ids: readonly number[], V: number, options: Required<CachePointerOptions>): number[] {
  const context = (t: number) => (t === 0 ? V : ids[t - 1]);
  const weights = Array.from({ length: V }, () => 0);
  for (let i = Math.max(0, ids.length - options.window); i < ids.length; i++)
    weights[ids[i]] += Math.exp(options.flatness * (context(i) === context(ids.length) ? 1 : 0));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) =>
    total === 0 ? 1 / V : (1 - options.weight) / V + (options.weight * weight) / total,
  );
}

describe('CachePointerModel', () => {
  const options = { window: 5, weight: 0.4, flatness: 2 };
  const ids = [0, 1, 2, 0, 1, 1, 2, 0, 2, 2, 1, 0, 1, 2, 0, 0, 1, 2, 1, 0, 1, 2, 0, 1];

  it('follows its definition at every step, also when the memory has been cut many times', async () => {
    const model = new CachePointerModel(uniformModel(3), options);
    let state = model.initialState();
    for (let t = 0; t <= ids.length; t++) {
      const expected = byDefinition(ids.slice(0, t), 3, options);
      Array.from(await model.logProbabilities(state)).forEach((value, v) => {
        expect(Math.exp(value)).toBeCloseTo(expected[v], 6);
      });
      if (t < ids.length) state = await model.advance(state, ids[t]);
    }
  });

  it('has room for a window of any length', async () => {
    const window = 200_000;
    const model = new CachePointerModel(uniformModel(2), { window, weight: 0.5, flatness: 0 });
    let state = model.initialState();
    for (let t = 0; t < window; t++) state = await model.advance(state, t % 4 === 0 ? 1 : 0);
    expect(Math.exp((await model.logProbabilities(state))[1])).toBeCloseTo(0.5 / 2 + 0.5 / 4, 6);
  });

  it('leaves older states valid', async () => {
    const model = new CachePointerModel(uniformModel(3), options);
    const first = await model.advance(model.initialState(), 1);
    const before = [...(await model.logProbabilities(first))];
    await model.advance(await model.advance(first, 0), 2);
    expect([...(await model.logProbabilities(first))]).toEqual(before);
  });

  it('makes repeated text more probable', async () => {
    const sum = async (weight: number) =>
      (
        await tokenLogProbabilities(
          new CachePointerModel(uniformModel(3), { ...options, window: 50, weight }),
          Int32Array.from({ length: 60 }, (_, t) => t % 3),
        )
      ).reduce((a, b) => a + b, 0);
    expect(await sum(0.4)).toBeGreaterThan(await sum(0));
  });

  it('refuses impossible options by name', () => {
    expect(() => new CachePointerModel(uniformModel(2), { window: 0 })).toThrow(/^window/);
    expect(() => new CachePointerModel(uniformModel(2), { weight: 2 })).toThrow(/^weight/);
  });
});
