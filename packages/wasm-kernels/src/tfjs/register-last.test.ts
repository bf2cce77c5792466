import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

it('works on a backend that was set and used before, whose tensors stay what they were', async () => {
  await tf.setBackend('wasm');
  const weight = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
  expect([...tf.matMul(weight, weight).dataSync()]).toEqual([7, 10, 15, 22]);
  expect(() => tf.unsortedSegmentSum(tf.ones([2]), tf.tensor1d([0, 1], 'int32'), 2)).toThrow(
    /not registered/,
  );

  await import('@throughtime/tfjs-gradients');
  const slow = tf.getKernel(tf.UnsortedSegmentSum, 'wasm').kernelFunc;
  await import('./register.js');
  expect(tf.getKernel(tf.UnsortedSegmentSum, 'wasm').kernelFunc).not.toBe(slow);
  expect([...tf.matMul(weight, weight, true).dataSync()]).toEqual([10, 14, 14, 20]);
  const gradient = tf.grad((x: tf.Tensor) => tf.gather(x, tf.tensor1d([1, 1], 'int32')))(weight);
  expect([...gradient.dataSync()]).toEqual([0, 0, 2, 2]);
  expect([...weight.dataSync()]).toEqual([1, 2, 3, 4]);
});

it('refuses another version of the backend, and says which it needs', async () => {
  const { requireBackendVersion, TfjsVersionError } = await import('./register-kernels.js');
  expect(() => requireBackendVersion('4.22.0')).not.toThrow();
  expect(() => requireBackendVersion('4.23.0')).toThrow(TfjsVersionError);
  expect(() => requireBackendVersion('4.23.0')).toThrow(
    '@tensorflow/tfjs-backend-wasm: expected version 4.22.0, got 4.23.0 (npm install @tensorflow/tfjs-backend-wasm@4.22.0)',
  );
});
