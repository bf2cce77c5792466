// Vitest gives every test file a process of its own: in this one, no memory is to be had for the engine.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { EngineMemoryError, engineOrUndefined } from '@throughtime/wasm-kernels';
import { beforeAll, expect, it, vi } from 'vitest';
import { FusedPathError } from '../errors.js';
import { lstm } from '../layers/recurrent-layers.js';
import { createSequenceNetwork } from './sequence-network.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() {
    throw new RangeError('WebAssembly.Memory(): could not allocate memory');
  });
});

it('networks run on the reference path, and fused is refused with the reason', async () => {
  expect(engineOrUndefined()).toBeUndefined();
  const config = { cell: 'gru', inputSize: 2, hiddenSize: 3 } as const;
  const network = createSequenceNetwork(config, { random: Random.seeded(1) });
  expect(network.path).toBe('reference');
  const inputs = Float32Array.of(1, 2, 3, 4);
  const shape = { batchSize: 1, steps: 2 };
  const { outputs } = await network.forward(inputs, network.initialState(1), shape, { training: true });
  await network.backward(outputs.slice());
  for (const { name, gradient } of network.parameters) expect(gradient.some(Boolean), name).toBe(true);

  const fused = () => createSequenceNetwork(config, { random: Random.seeded(1), path: 'fused' });
  expect(fused).toThrow(FusedPathError);
  expect(fused).toThrow('memory: not even 64 MiB could be reserved');
  expect(fused).toThrow(expect.objectContaining({ cause: expect.any(EngineMemoryError) }));
});

it('layers unroll on the reference path', () => {
  const layer = lstm({ inputSize: 2, hiddenSize: 3, random: Random.seeded(1) });
  const inputs = tf.ones<tf.Rank.R3>([1, 4, 2]);
  expect(layer.unroll(inputs).paths).toEqual(['reference']);
  expect(() => layer.unroll(inputs, undefined, { path: 'fused' })).toThrow(/memory: not even 64 MiB/);
});
