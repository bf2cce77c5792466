import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { numbers } from './fixtures/backends.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it('a large product needs no engine where there are no threads: it would reserve gibibytes', async () => {
  await tf.setBackend('wasm');
  const small = tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])); // from here on our kernels are in use
  const [a, b] = [numbers([300, 300], 1), numbers([300, 300], 2)] as [tf.Tensor2D, tf.Tensor2D];
  vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    throw new TypeError('Atomics.wait cannot be called in this context'); // as on a page's own thread
  });
  const memory = vi.spyOn(WebAssembly, 'Memory');
  const product = tf.matMul(a, b);
  expect(product.shape).toEqual([300, 300]);
  expect(memory).not.toHaveBeenCalled();
  tf.dispose([small, a, b, product]);
});
