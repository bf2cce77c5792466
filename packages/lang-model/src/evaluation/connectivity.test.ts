import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { defaultEngine } from '@throughtime/wasm-kernels';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { EmptySequenceError, TokenOutOfRangeError } from '../errors.js';
import { ids, smallModel, V } from '../fixtures/small-recurrent-model.js';
import {
  RecurrentLanguageModel,
  type RecurrentLanguageModelOptions,
} from '../recurrent/recurrent-language-model.js';
import { connectivity } from './connectivity.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const sizes = fc.oneof(
  fc.record({
    hiddenSize: fc.integer({ min: 1, max: 20 }),
    layers: fc.integer({ min: 1, max: 3 }),
    residual: fc.boolean(),
  }),
  fc.record({ hiddenSize: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 3 }) }),
);
const architectures = fc
  .record({
    cell: fc.constantFrom('rnn', 'gru', 'lstm', 'mingru', 'minlstm'),
    embedding: fc.oneof(fc.constant('one-hot' as const), fc.integer({ min: 1, max: 12 })),
    zoneout: fc.boolean(),
    peephole: fc.boolean(),
    sizes,
  })
  .map(({ cell, embedding, zoneout, peephole, sizes }) => ({
    ...{ cell, embedding, ...sizes },
    ...(zoneout && { zoneout: { hidden: 0.2 } }),
    ...(peephole && cell === 'lstm' && { peephole }),
  }));

function model(options: object, seed: number, path?: 'reference'): RecurrentLanguageModel {
  const all = { vocabularySize: V, random: Random.seeded(seed), ...options, ...(path && { path }) };
  return new RecurrentLanguageModel(all as RecurrentLanguageModelOptions);
}

describe('connectivity', () => {
  it('is the same on both paths', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...[architectures, fc.integer(), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 6 })],
        async (architecture, seed, at, window) => {
          const text = ids(9, seed);
          const [fused, reference] = await Promise.all(
            [model(architecture, seed), model(architecture, seed, 'reference')].map((each) =>
              connectivity(each, text, { at, window, token: seed & 3 }),
            ),
          );
          expect([fused.token, fused.from]).toEqual([reference.token, reference.from]);
          expect(fused.norms).toHaveLength(Math.min(at + 1, window));
          expect(fused.logProbability).toBeCloseTo(reference.logProbability, 4);
          const most = Math.max(...reference.norms);
          for (const [i, norm] of fused.norms.entries())
            expect(Math.abs(norm - reference.norms[i])).toBeLessThan(1e-4 * most + 1e-7);
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each(['rnn', 'gru', 'lstm', 'mingru', 'minlstm'] as const)(
    'of %s is what differences of log-probabilities say',
    async (cell) => {
      // Every position has a token of its own, whose row is what that position alone reads.
      const E = 4;
      const own = model({ cell, vocabularySize: 6, embedding: E, hiddenSize: 9, layers: 2 }, 5);
      // Larger weights: differences rise above rounding.
      for (const { data } of own.parameters) for (const i of data.keys()) data[i] *= 4;
      const text = Int32Array.of(4, 1, 5, 0, 3);
      const { norms, token, logProbability } = await connectivity(own, text);
      const { data } = own.parameters.find(({ name }) => name === 'embedding.weight')!;
      const logProbabilityOf = async () => (await own.score(Int32Array.of(...text, token))).at(-1)!;
      expect(await logProbabilityOf()).toBeCloseTo(logProbability, 5);
      for (const [t, id] of text.entries()) {
        let squares = 0;
        for (let i = id * E; i < (id + 1) * E; i++) {
          const [value, step] = [data[i], 2 ** -8];
          data[i] = value + step;
          const above = await logProbabilityOf();
          data[i] = value - step;
          squares += ((above - (await logProbabilityOf())) / (2 * step)) ** 2;
          data[i] = value;
        }
        expect(Math.abs(norms[t] - Math.sqrt(squares))).toBeLessThan(0.02 * Math.max(...norms));
      }
    },
  );

  it('reads a unit vector as a row of an identity embedding', async () => {
    const oneHot = smallModel();
    const table = smallModel({ embedding: V });
    const values = new Map(oneHot.parameters.map(({ name, data }) => [name, data]));
    for (const { name, data } of table.parameters) {
      const identity = () => Float32Array.from({ length: V * V }, (_, i) => (i % (V + 1) === 0 ? 1 : 0));
      data.set(values.get(name) ?? identity());
    }
    const [a, b] = [await connectivity(oneHot, ids(12)), await connectivity(table, ids(12))];
    expect(a.token).toBe(b.token);
    for (const [i, norm] of a.norms.entries()) expect(norm).toBeCloseTo(b.norms[i], 6);
  });

  it('takes the most probable token, and ends at the last position, 64 before it at most', async () => {
    const own = smallModel();
    const text = ids(80);
    const { token, from, norms, logProbability } = await connectivity(own, text);
    let state = own.initialState();
    for (const id of text) state = await own.advance(state, id);
    const all = await own.logProbabilities(state);
    expect([logProbability, all[token]]).toEqual([Math.max(...all), Math.max(...all)]);
    expect([from, norms.length]).toEqual([16, 64]);
    // A window cuts what is before it off: the state there counts as given.
    expect((await connectivity(own, text, { window: 20 })).norms).toEqual(norms.slice(-20));
  });

  it('leaves parameters, gradients and memory as they were', async () => {
    const own = smallModel();
    own.parameters.forEach(({ gradient }, i) => {
      gradient.fill(i);
    });
    const before = own.parameters.map(({ data }) => data.slice());
    await connectivity(own, ids(12));
    const { used } = defaultEngine().memoryUsage();
    for (let i = 0; i < 50; i++) await connectivity(own, ids(12));
    expect(defaultEngine().memoryUsage().used).toBe(used);
    for (const [i, { data, gradient }] of own.parameters.entries()) {
      expect(data).toEqual(before[i]);
      expect(new Set(gradient)).toEqual(new Set([i]));
    }
  });

  it('says which argument cannot be', async () => {
    const own = smallModel();
    await expect(connectivity(own, [])).rejects.toThrow(EmptySequenceError);
    await expect(connectivity(own, [1, V])).rejects.toThrow(TokenOutOfRangeError);
    await expect(connectivity(own, [1, 2], { at: 2 })).rejects.toThrow(/at: expected a position from 0 to 1/);
    await expect(connectivity(own, [1], { token: V })).rejects.toThrow(/token: expected an id/);
    await expect(connectivity(own, [1], { window: 0 })).rejects.toThrow(ArgumentError);
    await expect(connectivity({} as RecurrentLanguageModel, [1])).rejects.toThrow(/model: expected/);
  });
});
