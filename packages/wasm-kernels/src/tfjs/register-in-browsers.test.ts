import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it, vi } from 'vitest';
import type { WasmBackend } from './wasm-backend.js';

// As in a browser: no file can be read, so our kernels have to be downloaded. The test says when they arrive.
vi.mock('#binary-file', () => import('../engine/no-binary-file.js'));
let arrive = () => {};
let arrived = Promise.resolve();
vi.mock('../generated/tfjs-binaries.js', (load) => arrived.then(load));

const tfjsFactory = tf.findBackendFactory('wasm');

beforeEach(() => {
  vi.resetModules();
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', tfjsFactory, 2);
  arrived = new Promise((resolve) => {
    arrive = resolve;
  });
});

/** A product that tfjs's own kernel gives as well: [1, 2] of ones, times its transpose. */
const product = () => tf.matMul(tf.ones([1, 2]), tf.ones([1, 2]), false, true).dataSync()[0];
const wasm = () => tf.backend() as unknown as WasmBackend;

it('setting the backend waits until our kernels are loaded', async () => {
  await import('./register.js');
  const { heapKernels, heapKernelsLoaded } = await import('./heap-kernels.js');
  expect(heapKernelsLoaded()).toBe(false);
  let set = false;
  const setting = tf.setBackend('wasm').then(() => {
    set = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(set).toBe(false);
  arrive();
  await setting;
  expect(heapKernels(wasm())).toBeDefined();
  expect(product()).toBe(2);
});

it('on a backend that is set already, tfjs’s own kernels serve until ours are loaded', async () => {
  await tf.setBackend('wasm');
  const { registerKernels } = await import('./register.js');
  const { heapKernels } = await import('./heap-kernels.js');
  const registered = registerKernels();
  expect(heapKernels(wasm())).toBeUndefined();
  expect(product()).toBe(2);
  arrive();
  await registered;
  expect(heapKernels(wasm())).toBeDefined();
  expect(product()).toBe(2);
});
