import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import type { AwaitableLanguageModel } from '../language-model.js';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { topTokens } from './top-tokens.js';

/** Always the same probabilities. */
function fixed(probabilities: readonly number[], later: boolean): AwaitableLanguageModel<null> {
  const values = Float64Array.from(probabilities, Math.log);
  return {
    vocabularySize: probabilities.length,
    initialState: () => null,
    advance: () => null,
    logProbabilities: () => (later ? Promise.resolve(values) : values),
  };
}

describe('topTokens', () => {
  it('gives the most probable first, of equals the lower id, at once or by a promise as the model does', async () => {
    const probabilities = [0.1, 0.25, 0.4, 0.25, 0];
    const expected = [2, 1, 3];
    const now = topTokens(fixed(probabilities, false), null, 3);
    expect(now).toHaveLength(3);
    for (const tokens of [now, topTokens(fixed(probabilities, true), null, 3)])
      expect((await tokens).map(({ id }) => id)).toEqual(expected);
    const [first] = await now;
    expect(first.probability).toBeCloseTo(0.4, 12);
    expect(await topTokens(fixed(probabilities, false), null, 5)).toHaveLength(5);
  });

  it('of a recurrent model sums to one over the whole vocabulary', async () => {
    const model = new RecurrentLanguageModel({
      vocabularySize: 7,
      cell: 'gru',
      hiddenSize: 3,
      random: Random.seeded(1),
    });
    const all = await topTokens(model, model.initialState(), 7);
    expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  });

  it('refuses a number of tokens that there is not', () => {
    for (const k of [0, 6, 1.5])
      expect(() => topTokens(fixed([0.2, 0.2, 0.2, 0.2, 0.2], false), null, k)).toThrow(
        'k: expected a whole number',
      );
  });
});
