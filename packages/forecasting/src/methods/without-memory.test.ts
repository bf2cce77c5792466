// Vitest gives every test file a process of its own: in this one, no memory is to be had for the engine.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { beforeAll, expect, it, vi } from 'vitest';
import { TimeSeries } from '../series/time-series.js';
import { recurrent } from './recurrent.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() {
    throw new RangeError('WebAssembly.Memory(): could not allocate memory');
  });
});

const series = TimeSeries.of({ values: Float64Array.from({ length: 60 }, (_, t) => Math.sin(t / 3)) });
const options = { cell: 'gru', hiddenSize: 4, contextLength: 6, epochs: 2 } as const;

it.each(['recursive', 'encoder-decoder'] as const)(
  '%s forecasters run on the reference path',
  async (strategy) => {
    const horizon = strategy === 'recursive' ? {} : { horizon: 2 };
    const model = recurrent({ ...options, ...horizon, strategy, random: Random.seeded(1) });
    await model.fit(series);
    const { mean } = await model.predict(2);
    expect([...mean].every(Number.isFinite)).toBe(true);
    const reference = recurrent({
      ...options,
      ...horizon,
      strategy,
      path: 'reference',
      random: Random.seeded(1),
    });
    await reference.fit(series);
    expect(mean).toEqual((await reference.predict(2)).mean);
  },
);

it('fused is refused with the reason', async () => {
  const model = recurrent({ ...options, path: 'fused', random: Random.seeded(1) });
  await expect(model.fit(series)).rejects.toThrow('memory: not even 64 MiB could be reserved');
});
