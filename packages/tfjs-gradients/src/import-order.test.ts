import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

it('works when the backend is imported after it', async () => {
  await import('./index.js');
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  const product = (x: tf.Tensor) => tf.sum(tf.matMul(x, x));
  // d/dx of the sum of the entries of x x: 1 x^T + x^T 1.
  expect([
    ...tf
      .grad(product)(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
      )
      .dataSync(),
  ]).toEqual([7, 11, 9, 13]);

  const before = tf.memory().numDataBuffers;
  tf.clone(tf.zeros([2]));
  expect(tf.memory().numDataBuffers).toBe(before + 1);
});
