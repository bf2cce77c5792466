import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { parameterCount } from '../recurrent/parameter-count.js';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { initializerOf } from './preset.js';
import { preset, presetNames } from './presets.js';

describe('presets', () => {
  it.each(presetNames)('%s describes a model that can be made', (name) => {
    const { model, training, initializer, source } = preset(name);
    expect(parameterCount({ vocabularySize: 28, ...model })).toBeGreaterThan(0);
    expect(initializerOf(initializer)).toBeTypeOf('function');
    expect(source).not.toBe('');
    // Clipped one way or the other, as every protocol of the chapter is.
    expect(training.clipNorm ?? training.clipValue).toBeGreaterThan(0);
  });

  // "computed" in the chapter's table, with one bias a gate.
  it.each([
    ['ptb-small', 4_651_600],
    ['ptb-medium', 19_775_200],
    ['ptb-large', 66_022_000],
  ])('%s has %i parameters', (name, expected) => {
    const { model, biases } = preset(name);
    expect(parameterCount({ vocabularySize: 10_000, ...model }, { biases: biases! })).toBe(expected);
  });

  it('char-rnn starts as it says: weights within 0.08, forget gates at 1', () => {
    const { model, initializer, forgetBias } = preset('char-rnn');
    const lm = new RecurrentLanguageModel({
      vocabularySize: 65,
      ...model,
      initializer: initializerOf(initializer),
      forgetBias: forgetBias!,
      random: Random.seeded(1),
    });
    const named = (name: string) => lm.parameters.find((parameter) => parameter.name === name)!.data;
    expect(Math.max(...named('rnn.weight_hh_l1'))).toBeLessThanOrEqual(0.08);
    expect(Math.max(...named('decoder.weight'))).toBeGreaterThan(0.07);
    // Gates i f g o of 128 units each.
    expect([...named('rnn.bias_ih_l0').subarray(126, 130)]).toEqual([0, 0, 1, 1]);
  });

  it('of an unknown name lists those there are', () => {
    expect(() => preset('gpt-2')).toThrow(ArgumentError);
    expect(() => preset('gpt-2')).toThrow(/d2l-0\.17.*ptb-large.*got 'gpt-2'/);
  });
});
