import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createExecutor } from './create-executor.js';
import type { SequenceState } from './sequence-executor.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const flat = (state: SequenceState) => state.flatMap(({ h, c }) => (c ? [h, c] : [h]));

const expectClose = (ours: Float32Array, expected: Float32Array, what: string) => {
  expect(ours.length, what).toBe(expected.length);
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const error = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
  expect(error / size, what).toBeLessThan(1e-5);
};

describe('the fused and the reference executor', () => {
  const shapes = fc.record({
    batchSize: fc.integer({ min: 1, max: 9 }),
    steps: fc.integer({ min: 1, max: 7 }),
    inputSize: fc.integer({ min: 1, max: 5 }),
    hiddenSize: fc.integer({ min: 1, max: 9 }),
    layers: fc.integer({ min: 1, max: 2 }),
    seed: fc.integer(),
  });

  it.each(['rnn', 'gru', 'lstm'] as const)('%s: the same outputs, states and gradients', (cell) => {
    fc.assert(
      fc.property(shapes, ({ batchSize, steps, seed, ...sizes }) => {
        const random = Random.seeded(seed);
        const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
        const [fused, reference] = (['fused', 'reference'] as const).map((path) =>
          createExecutor({ cell, ...sizes }, { random: Random.seeded(seed), path }),
        );
        const likeState = (state: SequenceState) =>
          state.map(({ h, c }) => (c ? { h: draw(h.length), c: draw(c.length) } : { h: draw(h.length) }));
        const inputs = draw(batchSize * steps * sizes.inputSize);
        const start = likeState(fused.initialState(batchSize));
        const outputGradient = draw(batchSize * steps * sizes.hiddenSize);
        const stateGradient = likeState(start);
        const run = (executor: typeof fused) => {
          const ahead = executor.forward(inputs, start, { batchSize, steps }, { training: true });
          const outputs = ahead.outputs.slice();
          const back = executor.backward(outputGradient, stateGradient);
          const gradients = executor.parameters.map(({ gradient }) => gradient.slice());
          return { outputs, after: flat(ahead.state), before: flat(back), gradients };
        };
        const [ours, expected] = [run(fused), run(reference)];
        expectClose(ours.outputs, expected.outputs, 'outputs');
        ours.after.forEach((values, i) => {
          expectClose(values, expected.after[i], 'state after');
        });
        ours.before.forEach((values, i) => {
          expectClose(values, expected.before[i], 'gradient of the state before');
        });
        ours.gradients.forEach((values, i) => {
          expectClose(values, expected.gradients[i], fused.parameters[i].name);
        });
      }),
      { numRuns: 15 },
    );
  });

  it('falls back to the reference where the engine has no memory, unless the fused path is asked for', async () => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', {
      ...WebAssembly,
      Memory: class {
        constructor() {
          throw new RangeError('no memory');
        }
      },
    });
    const { createExecutor } = await import('./create-executor.js');
    const { EngineMemoryError } = await import('@throughtime/wasm-kernels');
    const config = { cell: 'rnn', inputSize: 1, hiddenSize: 1 } as const;
    expect(createExecutor(config, { random: Random.seeded(1) }).constructor.name).toBe('ReferenceExecutor');
    expect(() => createExecutor(config, { random: Random.seeded(1), path: 'fused' })).toThrow(
      EngineMemoryError,
    );
  });

  it('names a path that there is not', () => {
    const config = { cell: 'rnn', inputSize: 1, hiddenSize: 1 } as const;
    expect(() => createExecutor(config, { random: Random.seeded(1), path: 'quick' as 'fused' })).toThrow(
      "path: expected one of 'fused', 'reference', got 'quick'",
    );
  });
});
