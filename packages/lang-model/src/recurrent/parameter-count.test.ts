import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { parameterCount } from './parameter-count.js';
import { RecurrentLanguageModel } from './recurrent-language-model.js';

describe('parameterCount', () => {
  // char-rnn's LSTM holds two biases a gate, as its log says on start.
  it.each([
    [5_454_926, { vocabularySize: 78, hiddenSize: 512, layers: 3 }],
    [240_321, { vocabularySize: 65, hiddenSize: 128, layers: 2 }],
  ])('of char-rnn is %i', (expected, config) => {
    expect(parameterCount(config)).toBe(expected);
  });

  // The PTB code's BasicLSTMCell holds one.
  it.each([
    [4_651_600, 200],
    [19_775_200, 650],
    [66_022_000, 1500],
  ])('of the PTB model is %i with %i units', (expected, hiddenSize) => {
    const config = { vocabularySize: 10_000, embedding: hiddenSize, hiddenSize, layers: 2 };
    expect(parameterCount(config, { biases: 1 })).toBe(expected);
  });

  // Embedding 400, layers 1150, 1150, 400, tied; Merity et al. 2018 give 24M for Penn Treebank.
  it('of AWD-LSTM is 24 million', () => {
    const config = { vocabularySize: 10_000, embedding: 400, hiddenSize: [1150, 1150, 400], tied: true };
    // 4,000,000 + 4 * 1150 * (400 + 1150 + 2) + 4 * 1150 * (2300 + 2) + 4 * 400 * (1150 + 400 + 2) + 10,000
    expect(parameterCount(config)).toBe(24_221_600);
  });

  it('is what a model holds', () => {
    for (const options of [
      { layers: 2 },
      { embedding: 4, hiddenSize: [3, 4], tied: true },
      { cell: 'gru' as const },
    ]) {
      const model = new RecurrentLanguageModel({
        vocabularySize: 9,
        hiddenSize: 5,
        ...options,
        random: Random.seeded(1),
      });
      const held = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
      expect(parameterCount(model.config)).toBe(held);
    }
  });
});
