import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { minimalGatedUnit } from '../fixtures/minimal-gated-unit.js';
import { resolveConfig } from '../parameters/recurrent-config.js';
import { createSequenceNetwork, type SequenceNetwork } from './sequence-network.js';
import type { SequenceState } from './sequences.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const flat = (state: SequenceState) => state.flatMap(({ h, c }) => (c ? [h, c] : [h]));

const expectClose = (ours: Float32Array, expected: Float32Array, what: string, bound = 1e-5) => {
  expect(ours.length, what).toBe(expected.length);
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const error = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
  expect(error / size, what).toBeLessThan(bound);
};

describe('a network on the fused and the reference path', () => {
  const shapes = fc.record({
    batchSize: fc.integer({ min: 1, max: 9 }),
    steps: fc.integer({ min: 1, max: 7 }),
    inputSize: fc.integer({ min: 1, max: 5 }),
    hiddenSize: fc.integer({ min: 1, max: 9 }),
    layers: fc.integer({ min: 1, max: 2 }),
    seed: fc.integer(),
    bidirectional: fc.boolean(),
    residual: fc.boolean(),
    layerNorm: fc.boolean(),
    zoneout: fc.constantFrom(0, 0.3),
    projected: fc.boolean(),
  });

  it.each(['rnn', 'gru', 'lstm', 'mingru', 'minlstm'] as const)(
    '%s: the same outputs, states and gradients',
    async (cell) => {
      await fc.assert(
        fc.asyncProperty(shapes, async ({ batchSize, steps, seed, zoneout, projected, ...drawn }) => {
          // The norm of few units is rounding, times up to 1 / sqrt(eps).
          const sizes = { ...drawn, hiddenSize: drawn.hiddenSize + (drawn.layerNorm ? 3 : 0) };
          const config = {
            ...{ cell, ...sizes, zoneout: { hidden: zoneout } },
            ...(cell === 'lstm' && projected && { projectionSize: 1, hiddenSize: sizes.hiddenSize + 1 }),
          };
          const random = Random.seeded(seed);
          const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
          const [fused, reference] = (['fused', 'reference'] as const).map((path) =>
            createSequenceNetwork(config, { random: Random.seeded(seed), path }),
          );
          const likeState = (state: SequenceState) =>
            state.map(({ h, c }) => (c ? { h: draw(h.length), c: draw(c.length) } : { h: draw(h.length) }));
          const inputs = draw(batchSize * steps * sizes.inputSize);
          const start = likeState(fused.initialState(batchSize));
          const outputGradient = draw(batchSize * steps * resolveConfig(config).outputSize);
          const stateGradient = likeState(start);
          const run = async (network: SequenceNetwork) => {
            const ahead = await network.forward(inputs, start, { batchSize, steps }, { training: true });
            const outputs = ahead.outputs.slice();
            const back = await network.backward(outputGradient, stateGradient);
            const gradients = network.parameters.map(({ gradient }) => gradient.slice());
            return { outputs, after: flat(ahead.state), before: flat(back), gradients };
          };
          expect(fused.path).toBe('fused');
          // Layer norm divides rounded differences by small deviations.
          const bound = sizes.layerNorm ? 1e-3 : 1e-5;
          const [ours, expected] = [await run(fused), await run(reference)];
          expectClose(ours.outputs, expected.outputs, 'outputs', bound);
          ours.after.forEach((values, i) => {
            expectClose(values, expected.after[i], 'state after', bound);
          });
          ours.before.forEach((values, i) => {
            expectClose(values, expected.before[i], 'gradient of the state before', bound);
          });
          ours.gradients.forEach((values, i) => {
            expectClose(values, expected.gradients[i], fused.parameters[i].name, bound);
          });
        }),
        { numRuns: 15 },
      );
    },
  );

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
    const { createSequenceNetwork } = await import('./sequence-network.js');
    const { FusedPathError } = await import('../errors.js');
    const config = { cell: 'rnn', inputSize: 1, hiddenSize: 1 } as const;
    expect(createSequenceNetwork(config, { random: Random.seeded(1) }).path).toBe('reference');
    expect(() => createSequenceNetwork(config, { random: Random.seeded(1), path: 'fused' })).toThrow(
      FusedPathError,
    );
  });

  it('computes a configuration that the engine does not know on the reference path', async () => {
    const config = { cell: minimalGatedUnit, inputSize: 2, hiddenSize: 3 } as const;
    const network = createSequenceNetwork(config, { random: Random.seeded(1) });
    expect(network.path).toBe('reference');
    const inputs = Float32Array.from({ length: 8 }, (_, i) => i / 8);
    const { outputs } = await network.forward(inputs, network.initialState(2), { batchSize: 2, steps: 2 });
    expect(outputs.length).toBe(12);
    expect(() => createSequenceNetwork(config, { random: Random.seeded(1), path: 'fused' })).toThrow(
      'fused needs cell: rnn, gru, lstm, mingru, minlstm',
    );
  });

  it('names a path that there is not', () => {
    const config = { cell: 'rnn', inputSize: 1, hiddenSize: 1 } as const;
    expect(() =>
      createSequenceNetwork(config, { random: Random.seeded(1), path: 'quick' as 'fused' }),
    ).toThrow("path: expected one of 'fused', 'reference', got 'quick'");
  });
});
