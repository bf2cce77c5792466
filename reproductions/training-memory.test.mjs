import { expect, it } from 'vitest';
import { lstmTrainingBytes } from './training-memory.mjs';

const sizes = {
  parameters: 100,
  batchSize: 2,
  steps: 3,
  embedding: 5,
  hiddenSize: 7,
  layers: 2,
  vocabularySize: 11,
  dropout: false,
};

it('counts every number that training keeps, four bytes each', () => {
  // A token: 5 embedded, 2 layers of 7 x 7, 11 probabilities; six tokens.
  expect(lstmTrainingBytes(sizes)).toEqual({
    weights: 400,
    gradients: 400,
    optimizer: 0,
    activations: 6 * (5 + 98 + 11) * 4,
  });
});

it('adds what dropout and the optimizer keep', () => {
  const { optimizer, activations } = lstmTrainingBytes({ ...sizes, slots: 2, dropout: true });
  expect(optimizer).toBe(800);
  // The dropped inputs of the two layers, 5 and 7, and of the decoder, 7.
  expect(activations).toBe(6 * (5 + 98 + 11 + 19) * 4);
});
