import { describe, expect, it } from 'vitest';
import { parameter } from '../fixtures/pytorch.js';
import { frozenSecondBiases, isBias } from './parameter-groups.js';

describe('parameter groups', () => {
  it('finds the second of two biases in every layer and direction', () => {
    const names = [
      'rnn.bias_hh_l0',
      'bias_hh_l1_reverse',
      'rnns.2.bias_hh_l0',
      'rnn.bias_ih_l0',
      'decoder.bias',
    ];
    const found = names.map((name) => frozenSecondBiases.match(parameter(name, [])));
    expect(found).toEqual([true, true, true, false, false]);
  });

  it('knows a bias by its name', () => {
    const names = [
      'bias',
      'rnn.bias_ih_l0',
      'output.bias',
      'rnn.bias_hh_l1_reverse',
      'rnn.weight_ih_l0',
      'unbiased.weight',
    ];
    expect(names.map((name) => isBias(parameter(name, [])))).toEqual([true, true, true, true, false, false]);
  });
});
