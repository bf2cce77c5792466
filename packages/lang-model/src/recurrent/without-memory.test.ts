// Vitest gives every test file a process of its own: in this one, no memory is to be had for the engine.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { beforeAll, expect, it, vi } from 'vitest';
import { decodeModel, encodeModel } from '../files/model-files.js';
import { batch, smallModel } from '../fixtures/small-recurrent-model.js';
import { generate } from '../generation/generate.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() {
    throw new RangeError('WebAssembly.Memory(): could not allocate memory');
  });
});

it('models train, generate and are read back on the reference path; fused is refused with the reason', async () => {
  const model = smallModel({ cell: 'gru' });
  expect(model.path).toBe('reference');
  const random = Random.seeded(1);
  const losses: number[] = [];
  for (let update = 0; update < 5; update++) {
    losses.push((await model.lossAndGradients(batch(2, 3), model.initialState(2), { random })).loss);
    for (const { data, gradient } of model.parameters)
      for (let i = 0; i < data.length; i++) data[i] -= gradient[i];
  }
  expect(losses[4]).toBeLessThan(losses[0]);
  const ids: number[] = [];
  for await (const id of generate(model, { random, length: 5 })) ids.push(id);
  expect(ids).toHaveLength(5);

  const files = Object.entries(encodeModel(model));
  const read = decodeModel(Object.fromEntries(files.map(([name, parts]) => [name, Buffer.concat(parts)])));
  expect(read.model.path).toBe('reference');
  expect(() => smallModel({ cell: 'gru', path: 'fused' })).toThrow(
    'memory: not even 64 MiB could be reserved',
  );
});
