import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { TokenBatch } from '@throughtime/contract';
import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { defineCell } from '@throughtime/rnn-cells/tfjs';
import { Engine, EngineMemoryError } from '@throughtime/wasm-kernels';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { batch, smallModel } from '../fixtures/small-recurrent-model.js';
import { RecurrentLanguageModel, type RecurrentLanguageModelOptions } from './recurrent-language-model.js';

/** The same model on both paths, with the same weights, larger than at the start. */
function both(options: Omit<RecurrentLanguageModelOptions, 'random'>) {
  const make = (path: 'fused' | 'reference') => {
    const model = new RecurrentLanguageModel({ ...options, path, random: Random.seeded(5) });
    for (const { data } of model.parameters) for (let i = 0; i < data.length; i++) data[i] *= 1.5;
    return model;
  };
  return [make('fused'), make('reference')] as const;
}

/** @param ofLargest allowed difference relative to the largest number: layer norm divides a rounded difference by a small deviation */
function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  ofLargest = 0,
): void {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (let i = 0; i < actual.length; i++) {
    const allowed = 2e-5 + 1e-4 * Math.abs(expected[i]) + ofLargest * largest;
    if (!(Math.abs(actual[i] - expected[i]) <= allowed))
      expect.fail(`${what}[${i}]: ${actual[i]}, on the reference path ${expected[i]}`);
  }
}

const hiddenSize = fc.integer({ min: 1, max: 33 });
const layers = fc.oneof(
  fc.record({ hiddenSize, layers: fc.integer({ min: 1, max: 3 }), residual: fc.boolean() }),
  fc.record({ hiddenSize: fc.array(hiddenSize, { minLength: 1, maxLength: 3 }) }),
);
/** Parts that some cells have. H is above 3 where there is a projection to 3: the norm of W h, h being a single number, is a step at 0. */
const parts = fc.record({
  layerNorm: fc.boolean(),
  peephole: fc.boolean(),
  projectionSize: fc.constantFrom(undefined, 3),
});

function withParts<T extends { readonly cell: string; readonly hiddenSize: number | readonly number[] }>(
  architecture: T,
  {
    layerNorm,
    peephole,
    projectionSize,
  }: { layerNorm: boolean; peephole: boolean; projectionSize: number | undefined },
): T {
  const { cell, hiddenSize } = architecture;
  if (cell !== 'lstm') return { ...architecture, layerNorm };
  const sizes = typeof hiddenSize === 'number' ? hiddenSize + 3 : hiddenSize.map((size) => size + 3);
  return {
    ...{ ...architecture, layerNorm, peephole },
    ...(projectionSize !== undefined && { projectionSize, hiddenSize: sizes }),
  };
}

const architectures = fc
  .record({
    layers,
    ofAll: fc.record({
      cell: fc.constantFrom('rnn', 'gru', 'lstm', 'mingru', 'minlstm'),
      vocabularySize: fc.integer({ min: 1, max: 40 }),
      embedding: fc.oneof(fc.constant('one-hot' as const), fc.integer({ min: 1, max: 20 })),
      activationPenalty: fc.record({ size: fc.constantFrom(0, 2), change: fc.constantFrom(0, 1) }),
    }),
  })
  .map(({ layers, ofAll }) => ({ ...layers, ...ofAll }));

const shapes = fc.record({
  N: fc.integer({ min: 1, max: 9 }),
  T: fc.integer({ min: 1, max: 12 }),
  withLengths: fc.boolean(),
  reduction: fc.constantFrom('mean' as const, 'sum-over-time' as const),
  seed: fc.integer(),
});

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('the fused path equals the reference path', () => {
  it('in losses, gradients, states and scores, for any architecture and shape', async () => {
    await fc.assert(
      fc.asyncProperty(
        architectures,
        shapes,
        fc.nat(100),
        fc.nat(100),
        fc.option(parts),
        async (plain, shape, from, until, more) => {
          const architecture = more ? withParts(plain, more) : plain;
          const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) =>
            expectClose(actual, expected, what, more?.layerNorm ? 2e-3 : 0);
          const { N, T, withLengths, reduction, seed } = shape;
          const random = Random.seeded(seed);
          const V = architecture.vocabularySize;
          const tokens = () => Int32Array.from({ length: N * T }, () => random.integer(0, V));
          const lengths = Int32Array.from({ length: N }, () => random.integer(0, T + 1));
          const batch = {
            inputs: tokens(),
            targets: tokens(),
            batchSize: N,
            steps: T,
            ...(withLengths && { lengths }),
          };
          const options = {
            random: Random.seeded(1),
            reduction,
            lossFrom: from % T,
            stateAfter: 1 + (until % T),
            ...(seed % 3 === 0 && { recurrentGradientScale: 0.7 }),
          };
          const [fused, reference] = both(architecture);
          // From a state that is not zero.
          const start = (await reference.evaluate({ ...batch, inputs: tokens() }, reference.initialState(N)))
            .state;

          const ours = await fused.lossAndGradients(batch, start, options);
          const theirs = await reference.lossAndGradients(batch, start, options);
          expect(ours.predictions).toBe(theirs.predictions);
          close([ours.loss], [theirs.loss], 'loss');
          fused.parameters.forEach(({ name, gradient }, p) => {
            close(gradient, reference.parameters[p].gradient, `gradient of ${name}`);
          });
          ours.state.layers.forEach(({ h, c }, i) => {
            close(h, theirs.state.layers[i].h, `h of layer ${i}`);
            if (c) close(c, theirs.state.layers[i].c!, `c of layer ${i}`);
          });
          close(ours.state.output, theirs.state.output, 'output');

          const scored = await fused.scoreBatch(batch, start);
          const expected = await reference.scoreBatch(batch, start);
          close(scored.logProbabilities, expected.logProbabilities, 'log-probabilities');
          close(scored.state.output, expected.state.output, 'output after scoring');
        },
      ),
      { numRuns: process.env.THROUGHTIME_LONG ? 250 : 80 },
    );
  });

  it.each([
    ['relu', { cell: 'rnn' as const, nonlinearity: 'relu' as const }],
    ['gru, reset before', { cell: 'gru' as const, resetAfter: false }],
    ['tied', { embedding: 6, tied: true }],
  ])('with %s', async (_, options) => {
    const [fused, reference] = both({ vocabularySize: 9, hiddenSize: 6, ...options });
    const batch = {
      inputs: Int32Array.of(1, 2, 3, 1, 5, 6),
      targets: Int32Array.of(2, 3, 4, 5, 8, 0),
      batchSize: 2,
      steps: 3,
    };
    for (const model of [fused, reference])
      await model.lossAndGradients(batch, model.initialState(2), { random: Random.seeded(1) });
    fused.parameters.forEach(({ name, gradient }, p) => {
      expectClose(gradient, reference.parameters[p].gradient, name);
    });
  });

  it.each([
    ['rnn', {}],
    ['gru', {}],
    ['gru', { resetAfter: false }],
    ['lstm', {}],
  ] as const)('with all dropped that %s multiplies by W_hh, %j', async (cell, options) => {
    // All of it: the paths draw masks of their own, and this one is the same.
    const all = 0.9999999;
    for (const dropout of [{ state: all }, { recurrentWeights: all }])
      await expectSame({ vocabularySize: 9, hiddenSize: 6, layers: 2, cell, dropout, ...options });
  });

  it.each([
    ['tokens', { embedding: 0.9999999 }],
    ['inputs', { input: 0.9999999 }],
    ['inputs, locked', { input: 0.9999999, locked: true }],
    ['outputs', { between: 0.9999999, output: 0.9999999 }],
  ])('with all %s dropped', async (_, dropout) => {
    for (const embedding of ['one-hot', 5] as const)
      await expectSame(
        { vocabularySize: 9, hiddenSize: [6, 4], embedding, dropout },
        'output' in dropout ? 'decoder.weight' : 'rnns.0.weight_ih',
      );
  });

  async function expectSame(
    options: Omit<RecurrentLanguageModelOptions, 'random'>,
    unused = 'weight_hh',
  ): Promise<void> {
    const [fused, reference] = both(options);
    const batch = {
      inputs: Int32Array.of(1, 2, 3, 1, 5, 6),
      targets: Int32Array.of(2, 3, 4, 5, 8, 0),
      batchSize: 2,
      steps: 3,
    };
    const run = (model: RecurrentLanguageModel) =>
      model.lossAndGradients(batch, model.initialState(2), { random: Random.seeded(1) });
    const [ours, theirs] = [await run(fused), await run(reference)];
    expect(fused.path).toBe('fused');
    expectClose([ours.loss], [theirs.loss], 'loss');
    expectClose(ours.state.output, theirs.state.output, 'output');
    fused.parameters.forEach(({ name, gradient }, p) => {
      expectClose(gradient, reference.parameters[p].gradient, name);
      if (name.includes(unused)) expect(Math.max(...gradient)).toBe(0);
    });
  }

  it('with zoneout by its mean: losses, gradients, states, and single steps', async () => {
    const zoneouts = fc.record({ hidden: fc.constantFrom(0, 0.3), cell: fc.constantFrom(0, 0.6) });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          cell: fc.constantFrom('rnn', 'gru', 'lstm', 'mingru', 'minlstm'),
          resetAfter: fc.boolean(),
          hiddenSize,
          layers: fc.integer({ min: 1, max: 2 }),
          more: parts,
          embedding: fc.constantFrom('one-hot' as const, 3),
          scale: fc.constantFrom(1, 0.6),
        }),
        zoneouts,
        fc.boolean(),
        async ({ cell, resetAfter, scale, more, ...sizes }, { hidden, cell: ofCell }, withLengths) => {
          const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) =>
            expectClose(actual, expected, what, more.layerNorm ? 1e-3 : 0);
          const [fused, reference] = both({
            ...{ vocabularySize: 9, ...withParts({ cell, ...sizes }, more) },
            ...(cell === 'gru' && { resetAfter }),
            zoneout: { hidden, ...(cell === 'lstm' && { cell: ofCell }) },
          });
          const chunk = {
            ...{ inputs: Int32Array.of(1, 2, 3, 1, 5, 6), targets: Int32Array.of(2, 3, 4, 5, 8, 0) },
            ...{ batchSize: 2, steps: 3, ...(withLengths && { lengths: Int32Array.of(1, 3) }) },
          };
          const run = (model: RecurrentLanguageModel) =>
            model.lossAndGradients(chunk, model.initialState(2), {
              ...{ random: Random.seeded(1), regularization: false, recurrentGradientScale: scale },
            });
          const [ours, theirs] = [await run(fused), await run(reference)];
          expect(fused.path).toBe('fused');
          close([ours.loss], [theirs.loss], 'loss');
          ours.state.layers.forEach(({ h, c }, i) => {
            close(h, theirs.state.layers[i].h, `h of layer ${i}`);
            if (c) close(c, theirs.state.layers[i].c!, `c of layer ${i}`);
          });
          fused.parameters.forEach(({ name, gradient }, p) => {
            close(gradient, reference.parameters[p].gradient, name);
          });
          let [a, b] = [fused.initialState(), reference.initialState()];
          for (const token of [4, 1, 7]) {
            [a, b] = [await fused.advance(a, token), await reference.advance(b, token)];
            close(a.output, b.output, 'output of a step');
          }
        },
      ),
      { numRuns: process.env.THROUGHTIME_LONG ? 200 : 60 },
    );
  });

  it.each(['rnn', 'gru', 'lstm'] as const)('with all of %s kept by zoneout', async (cell) => {
    const zoneout = { hidden: 0.9999999, ...(cell === 'lstm' && { cell: 0.9999999 }) };
    await expectSame({ vocabularySize: 9, hiddenSize: 6, layers: 2, cell, zoneout });
  });

  it('in single steps and in steps of many rows', async () => {
    const [fused, reference] = both({ vocabularySize: 9, hiddenSize: 8, layers: 2, embedding: 5 });
    for (const tokens of [Int32Array.of(4), Int32Array.of(1, 2, 3)]) {
      let [ours, theirs] = [fused.initialState(tokens.length), reference.initialState(tokens.length)];
      for (let t = 0; t < 5; t++) {
        [ours, theirs] = [
          await fused.advanceBatch(ours, tokens),
          await reference.advanceBatch(theirs, tokens),
        ];
        expectClose(
          await fused.logProbabilitiesBatch(ours),
          await reference.logProbabilitiesBatch(theirs),
          `step ${t}`,
        );
      }
    }
  });
});

describe('the memory of the fused path', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is given back whichever allocation of a first step is refused, and a smaller step then works', async () => {
    const engine = new Engine({ threads: 1 });
    const model = smallModel({ engine, embedding: 3, dropout: { output: 0.5, state: 0.5 } });
    const [large, small] = [batch(6, 8), batch(2, 3)];
    const step = (chunk: TokenBatch) =>
      model.lossAndGradients(chunk, model.initialState(chunk.batchSize), { random: Random.seeded(1) });
    const score = (chunk: TokenBatch) => model.scoreBatch(chunk, model.initialState(chunk.batchSize));
    const { memory } = engine;
    const allocate = memory.allocateBytes.bind(memory);
    let [left, asked] = [Number.POSITIVE_INFINITY, 0];
    vi.spyOn(memory, 'allocateBytes').mockImplementation((bytes) => {
      asked++;
      if (left-- > 0) return allocate(bytes);
      throw new EngineMemoryError('memory: refused');
    });
    for (const work of [step, score]) {
      await work(batch(1, 1)); // what an engine itself allocates at first
      asked = 0;
      await work(batch(3, 3));
      const allocations = asked;
      expect(allocations).toBeGreaterThan(20);
      const before = engine.memoryUsage().used;
      for (let refused = 0; refused < allocations; refused++) {
        left = refused;
        expect(() => work(large)).toThrow(EngineMemoryError);
        expect(engine.memoryUsage().used, `allocation ${refused} of ${allocations}`).toBe(before);
      }
      left = Number.POSITIVE_INFINITY;
      expect(() => work(small)).not.toThrow();
      expect(() => work(large)).not.toThrow();
    }
  });
});

describe('the path', () => {
  const own = defineCell('own-of-executor', {
    gates: 1,
    step:
      ({ fromInput, fromHidden }) =>
      (x, { h }) => ({ h: tf.tanh<tf.Tensor2D>(tf.add(fromInput(x), fromHidden(h))) }),
  });

  it('is fused by default where the engine knows the architecture, and reference elsewhere', () => {
    expect(smallModel().path).toBe('fused');
    expect(smallModel({ cell: 'mingru' }).path).toBe('fused');
    expect(smallModel({ layerNorm: true, peephole: true, projectionSize: 2 }).path).toBe('fused');
    expect(smallModel({ cell: own }).path).toBe('reference');
    expect(smallModel({ path: 'reference' }).path).toBe('reference');
  });

  it("cannot be fused with a cell of one's own, and says so when it is asked to", () => {
    const make = () => smallModel({ cell: own, path: 'fused' });
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow('fused needs cell: rnn, gru, lstm, mingru, minlstm');
  });

  it('takes changed weights at once', async () => {
    const model = smallModel({ path: 'fused' });
    const state = await model.advance(model.initialState(), 1);
    const before = [...(await model.logProbabilities(state))];
    model.parameters.at(-1)!.data[0] += 1;
    expect((await model.logProbabilities(state))[0]).not.toBe(before[0]);
  });
});

it('falls back to the reference path where the engine has no memory, unless the fused path is asked for', async () => {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', {
    ...WebAssembly,
    Memory: class {
      constructor() {
        throw new RangeError('no memory');
      }
    },
  });
  try {
    const { RecurrentLanguageModel: Model } = await import('./recurrent-language-model.js');
    const options = { vocabularySize: 5, hiddenSize: 4, random: Random.seeded(1) };
    expect(new Model(options).path).toBe('reference');
    expect(() => new Model({ ...options, path: 'fused' })).toThrow('memory');
  } finally {
    vi.unstubAllGlobals();
  }
});
