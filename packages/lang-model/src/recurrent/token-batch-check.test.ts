import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { TokenOutOfRangeError } from '../errors.js';
import { batch, ids, smallModel, V } from '../fixtures/small-recurrent-model.js';
import type { RecurrentLanguageModel } from './recurrent-language-model.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** A fault, what a batch of N rows and T steps has with it, and what the error says. */
type Fault = (N: number, T: number, by: number) => readonly [part: object, message: RegExp];

const faults: readonly Fault[] = [
  (N, T, by) => [{ inputs: ids(N * T + by) }, /^inputs\.length: expected \d+ ids/],
  (N, T) => [{ inputs: ids(N * T - 1) }, /^inputs\.length: expected \d+ ids/],
  (N, T, by) => [{ targets: ids(N * T + by) }, /^targets\.length: expected \d+ ids/],
  (N, T) => [{ targets: ids(N * T - 1) }, /^targets\.length: expected \d+ ids/],
  (N, T, by) => [
    { inputs: ids(N * T).fill(V - 1 + by, -1) },
    /^inputs\[\d+\]: expected a token id from 0 to 6 \(the vocabulary has 7\)/,
  ],
  (N, T, by) => [{ targets: ids(N * T).fill(-by, 0, 1) }, /^targets\[0\]: expected a token id/],
  (N, T) => [{ inputs: [...ids(N * T)] }, /^inputs: expected an Int32Array/],
  (N, T) => [{ targets: Float32Array.from(ids(N * T)) }, /^targets: expected an Int32Array/],
  (N, T, by) => [{ lengths: new Int32Array(N).fill(T + by, -1) }, /^lengths\[\d+\]: expected a whole number/],
  (N, _, by) => [{ lengths: new Int32Array(N).fill(-by, -1) }, /^lengths\[\d+\]: expected a whole number/],
  (N) => [{ lengths: new Int32Array(N - 1) }, /^lengths\.length: expected \d+, one length per row/],
  (N, _, by) => [{ lengths: new Int32Array(N + by) }, /^lengths\.length: expected \d+, one length per row/],
  (N) => [{ lengths: Array(N).fill(0.5) }, /^lengths: expected an Int32Array/],
  () => [{ batchSize: 0 }, /^batchSize: expected a whole number of at least 1, got 0/],
  () => [{ batchSize: 1.5 }, /^batchSize: expected a whole number of at least 1, got 1.5/],
  () => [{ steps: undefined }, /^steps: expected a whole number of at least 1, got undefined/],
  () => [{ steps: Number.NaN }, /^steps: expected a whole number of at least 1, got NaN/],
];

const problems = fc.record({
  fault: fc.constantFrom(...faults),
  N: fc.integer({ min: 1, max: 3 }),
  T: fc.integer({ min: 1, max: 4 }),
  by: fc.integer({ min: 1, max: 3 }),
  call: fc.constantFrom('evaluate', 'scoreBatch', 'lossAndGradients'),
  /** Steps of what ran before, which leaves buffers that shorter batches fit into; 0: nothing ran. */
  before: fc.constantFrom(0, 3, 9),
});

const models = (['fused', 'reference'] as const).map((path) => smallModel({ cell: 'gru', path }));

function call(model: RecurrentLanguageModel, name: string, given: object, options = {}, rows?: number) {
  const chunk = given as ReturnType<typeof batch>;
  const state = model.initialState(rows ?? chunk.inputs.length / chunk.steps);
  if (name === 'evaluate') return model.evaluate(chunk, state);
  if (name === 'scoreBatch') return model.scoreBatch(chunk, state);
  return model.lossAndGradients(chunk, state, { random: Random.seeded(1), ...options });
}

async function errorOf(run: () => unknown): Promise<ArgumentError> {
  try {
    await run();
  } catch (error) {
    return error as ArgumentError;
  }
  return expect.fail('It was accepted.');
}

describe('a batch that does not fit its shape', () => {
  it('is refused by name, with the same words on both paths, whatever ran before', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async ({ fault, N, T, by, call: name, before }) => {
        const [part, message] = fault(N, T, by);
        for (const model of models) {
          if (before > 0) await call(model, 'evaluate', batch(N, before));
          const error = await errorOf(() => call(model, name, { ...batch(N, T), ...part }, {}, N));
          expect(error).toBeInstanceOf(ArgumentError);
          expect(error.message).toMatch(message);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is refused where an id lies in padding, as a TokenOutOfRangeError', async () => {
    const chunk = { ...batch(2, 3), lengths: Int32Array.of(3, 1) };
    chunk.targets[5] = V;
    for (const model of models)
      expect(await errorOf(() => call(model, 'evaluate', chunk))).toBeInstanceOf(TokenOutOfRangeError);
  });

  it('is refused where it is none', async () => {
    for (const model of models)
      expect(() => model.evaluate(undefined as never, model.initialState())).toThrow(
        'batch: expected a batch: inputs, targets, batchSize and steps, got undefined',
      );
  });
});

describe('what goes with a batch', () => {
  it.each([
    [{ lossFrom: 5 }, 'lossFrom: expected a whole number from 0 to 4, got 5'],
    [{ lossFrom: 0.5 }, 'lossFrom: expected a whole number from 0 to 4, got 0.5'],
    [{ stateAfter: -1 }, 'stateAfter: expected a whole number from 0 to 4, got -1'],
    [{ recurrentGradientScale: Number.NaN }, 'recurrentGradientScale: expected a finite number, got NaN'],
    [{ reduction: 'sum' }, "reduction: expected one of 'mean', 'sum-over-time', got 'sum'"],
  ])('is refused where an option does not fit: %o', async (options, message) => {
    for (const model of models) {
      const error = await errorOf(() => call(model, 'lossAndGradients', batch(2, 4), options));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message.startsWith(message)).toBe(true);
    }
  });

  it('is refused where the state is of another number of rows, or of another model', async () => {
    const of = (options: object, rows: number) => smallModel(options).initialState(rows);
    for (const path of ['fused', 'reference'] as const) {
      const model = smallModel({ cell: 'gru', path, layers: 2 });
      for (const [state, message] of [
        [
          of({ cell: 'gru', layers: 2 }, 3),
          /^state\.layers\[0\]\.h\.length: expected 12 numbers, 6 for each of 2 rows, got 18/,
        ],
        [of({ cell: 'gru' }, 2), /^state\.layers\.length: expected 2, one entry per layer, got 1/],
        [of({ cell: 'lstm', layers: 2 }, 2), /^state\.layers\[0\]\.c\.length: expected 0 numbers/],
        [
          { ...model.initialState(2), output: new Float32Array(6) },
          /^state\.output\.length: expected 12 numbers/,
        ],
      ] as const) {
        for (const run of [
          () => model.evaluate(batch(2, 4), state),
          () => model.lossAndGradients(batch(2, 4), state, { random: Random.seeded(1) }),
        ])
          expect((await errorOf(run)).message).toMatch(message);
      }
    }
  });
});
