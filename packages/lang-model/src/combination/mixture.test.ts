import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { EmptySequenceError, VocabularyMismatchError } from '../errors.js';
import { perplexity } from '../evaluation/perplexity.js';
import { BigramTable, uniformModel } from '../fixtures/bigram-table.js';
import { fitMixtureWeights, MixtureLanguageModel } from './mixture.js';

const table = new BigramTable([
  [1, 3],
  [1, 1],
  [1, 7],
]);

describe('MixtureLanguageModel', () => {
  it('interpolates probabilities', async () => {
    const mixture = new MixtureLanguageModel([table, uniformModel(2)], [3, 1]);
    const state = await mixture.advance(mixture.initialState(), 0);
    const [a, b] = await mixture.logProbabilities(state);
    expect(Math.exp(a)).toBeCloseTo(0.75 * 0.25 + 0.25 * 0.5, 12);
    expect(Math.exp(b)).toBeCloseTo(0.75 * 0.75 + 0.25 * 0.5, 12);
  });

  it('scores as it advances', async () => {
    const mixture = new MixtureLanguageModel([table, uniformModel(2)]);
    const ids = Int32Array.of(1, 0, 1, 1, 0);
    let state = mixture.initialState();
    const expected: number[] = [];
    for (const id of ids) {
      expected.push((await mixture.logProbabilities(state))[id]);
      state = await mixture.advance(state, id);
    }
    (await mixture.score(ids)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 12);
    });
  });

  it('ignores a model without weight even where that model excludes a token', async () => {
    const never = new BigramTable([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    const mixture = new MixtureLanguageModel([never, uniformModel(2)], [0, 1]);
    expect(await perplexity(mixture, Int32Array.of(1, 1))).toBeCloseTo(2, 12);
  });

  it('refuses what cannot be mixed', () => {
    expect(() => new MixtureLanguageModel([])).toThrow(ArgumentError);
    expect(() => new MixtureLanguageModel([uniformModel(2), uniformModel(3)])).toThrow(
      VocabularyMismatchError,
    );
    expect(() => new MixtureLanguageModel([table], [1, 2])).toThrow(/^weights/);
    expect(() => new MixtureLanguageModel([table], [-1])).toThrow(/^weights/);
  });
});

describe('fitMixtureWeights', () => {
  it('recovers the weights of the mixture that made the text', () => {
    // Each token is drawn from the table with probability 0.7 and uniformly with 0.3.
    const random = Random.seeded(11);
    const sharp = new BigramTable([
      [1, 99],
      [99, 1],
      [1, 1],
    ]);
    const ids = new Int32Array(20_000);
    for (let t = 1; t < ids.length; t++) {
      const row = random.uniform() < 0.7 ? sharp.logProbabilities(ids[t - 1]) : [0, 0];
      ids[t] = random.categorical(Array.from(row, Math.exp));
    }
    const [weight] = fitMixtureWeights([sharp, uniformModel(2)], ids);
    expect(weight).toBeGreaterThan(0.68);
    expect(weight).toBeLessThan(0.72);
  });

  it('is at least as good as either model and as any grid point', async () => {
    const models = [table, uniformModel(2)];
    const ids = Int32Array.of(1, 0, 1, 1, 0, 0, 1, 0, 0, 0);
    const fitted = await perplexity(new MixtureLanguageModel(models, fitMixtureWeights(models, ids)), ids);
    for (let i = 0; i <= 20; i++) {
      const mixture = new MixtureLanguageModel(models, [i / 20, 1 - i / 20]);
      expect(fitted).toBeLessThanOrEqual((await perplexity(mixture, ids)) + 1e-5);
    }
  });

  it('refuses an empty text', () => {
    expect(() => fitMixtureWeights([table], new Int32Array(0))).toThrow(EmptySequenceError);
  });
});
