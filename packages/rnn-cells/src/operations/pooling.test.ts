import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ShapeMismatchError } from '../errors.js';
import { maxPool, meanPool } from './pooling.js';

describe.each([
  ['meanPool', meanPool],
  ['maxPool', maxPool],
] as const)('%s', (_, pool) => {
  it('refuses lengths that are not one whole number per row, within the steps', async () => {
    await tf.setBackend('wasm');
    tf.tidy(() => {
      const outputs = tf.ones<tf.Rank.R3>([2, 4, 3]);
      const of = (lengths: readonly number[]) => () => pool(outputs, lengths as never);
      expect(of([4])).toThrow('lengths: expected 2 numbers, one per row, got 1');
      for (const wrong of [-1, 5, 0.5, Number.NaN]) {
        expect(of([4, wrong])).toThrow(ShapeMismatchError);
        expect(of([4, wrong])).toThrow('lengths[1]: expected a whole number from 0 to 4, the steps');
      }
    });
  });
});
