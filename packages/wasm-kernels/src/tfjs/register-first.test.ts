import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it, vi } from 'vitest';

beforeAll(async () => {
  await import('./register.js');
  await import('@tensorflow/tfjs-backend-wasm');
  await import('@throughtime/tfjs-gradients');
});

it('works when it is imported before the backend and the gradients', async () => {
  const kernels = tf.getKernelsForBackend('wasm');
  await tf.setBackend('wasm');
  expect([...tf.oneHot(tf.tensor1d([1], 'int32'), 2, 1, 0, 'float32').dataSync()]).toEqual([0, 1]);
  const gradient = tf.grad((x: tf.Tensor) => tf.matMul(x, tf.ones([2, 2]), false, true))(tf.ones([1, 2]));
  expect([...gradient.dataSync()]).toEqual([2, 2]);
  // What it leaves to tfjs has been set up.
  expect([...tf.add(tf.tensor1d([1], 'int32'), tf.tensor1d([2], 'int32')).dataSync()]).toEqual([3]);
  expect(tf.getKernelsForBackend('wasm')).toEqual(kernels);
});

it('may register again: nothing changes, and tfjs does not complain', async () => {
  const { registerKernels } = await import('./register.js');
  const warn = vi.spyOn(console, 'warn');
  const before = tf
    .getKernelsForBackend('wasm')
    .map(({ kernelName, kernelFunc }) => ({ kernelName, kernelFunc }));
  const gradient = tf.getGradient(tf.Tanh);
  registerKernels();
  registerKernels();
  const after = tf
    .getKernelsForBackend('wasm')
    .map(({ kernelName, kernelFunc }) => ({ kernelName, kernelFunc }));
  expect(after).toEqual(before);
  expect(tf.getGradient(tf.Tanh)).toBe(gradient);
  expect(warn).not.toHaveBeenCalled();
});

it('takes its place again after another package took it', async () => {
  const { registerKernels } = await import('./register.js');
  const ours = tf.getKernel(tf.Tanh, 'wasm');
  tf.unregisterKernel(tf.Tanh, 'wasm');
  tf.registerKernel({ ...ours, kernelFunc: () => [] });
  registerKernels();
  expect(tf.tanh(tf.tensor1d([1])).dataSync()[0]).toBeCloseTo(Math.tanh(1), 6);
});

it('serves a backend made again', async () => {
  const x = () => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]), false, true).dataSync()[0];
  expect(x()).toBe(3);
  tf.removeBackend('wasm');
  const { BackendWasm } = await import('@tensorflow/tfjs-backend-wasm');
  expect(BackendWasm).toBeDefined();
  tf.registerBackend('wasm', initBackend, 2);
  await tf.setBackend('wasm');
  expect(x()).toBe(3);
});

/** tfjs does not export how it makes its backend: from the registry, before it is removed. */
const initBackend = () => {
  const factory = factories.get('wasm');
  if (!factory) throw new Error('no factory');
  return factory();
};
const factories = new Map<string, () => tf.KernelBackend | Promise<tf.KernelBackend>>();
beforeAll(() => {
  const factory = tf.findBackendFactory('wasm');
  if (factory) factories.set('wasm', factory);
});
