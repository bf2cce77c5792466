import type { LayerState } from '@throughtime/contract';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { type Cell, cellLayout, isRecurrent } from './cell.js';
import { CompiledLanguageModel } from './compiled-language-model.js';
import { DropoutMasks, maskElement } from './dropout.js';
import { digest, noise, relativeError } from './fixtures/closeness.js';
import { CELLS, freeParameters, named } from './fixtures/language-model-problem.js';
import { optionOracle } from './fixtures/option-oracle.js';
import type { CompiledLanguageModelOptions, LanguageModelParameters } from './language-model-options.js';
import { LanguageModelStepper } from './language-model-stepper.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

interface Shape {
  readonly cell: Cell;
  readonly N: number;
  readonly T: number;
  readonly V: number;
  /** 0: one-hot. */
  readonly E: number;
  readonly sizes: readonly number[];
}

function parametersOf({ cell, V, E, sizes }: Shape, fill: (length: number, index: number) => Float32Array) {
  let index = 0;
  const make = (length: number) => {
    const view = engine.allocate(length);
    view.set(fill(length, index++));
    return view;
  };
  const parameters: LanguageModelParameters = {
    ...(E > 0 ? { embedding: make(V * E) } : {}),
    layers: sizes.map((H, i) => {
      const rows = cellLayout(cell).gates * H;
      const D = i > 0 ? sizes[i - 1] : E || V;
      if (!isRecurrent(cell)) return { weightIh: make(rows * D), biasIh: make(rows) };
      return { weightIh: make(rows * D), weightHh: make(rows * H), biasIh: make(rows), biasHh: make(rows) };
    }),
    outputWeight: make(V * sizes[sizes.length - 1]),
    outputBias: make(V),
  };
  return parameters;
}

const rate = fc.constantFrom(0, 0.3);
const options = fc.record({
  dropout: fc.record({
    embedding: rate,
    input: rate,
    between: rate,
    output: rate,
    state: rate,
    recurrentWeights: rate,
    locked: fc.boolean(),
  }),
  activationPenalty: fc.record({ size: fc.constantFrom(0, 2), change: fc.constantFrom(0, 3) }),
});
const small = (max: number) => fc.integer({ min: 1, max });
const shapes = fc
  .record({
    ...{ cell: fc.constantFrom(...CELLS.filter((cell) => cell !== 'rnn-relu')), N: small(5), T: small(6) },
    ...{ V: fc.integer({ min: 2, max: 12 }), E: fc.oneof(fc.constant(0), small(20)) },
    ...{ sizes: fc.array(small(18), { minLength: 1, maxLength: 3 }), residual: fc.boolean() },
  })
  .map(({ residual, ...shape }) => ({
    shape: residual ? { ...shape, sizes: shape.sizes.map(() => shape.sizes[0]) } : shape,
    residual,
  }));

function problemOf(shape: Shape, seed: number, withLengths: boolean) {
  const { N, T, V, sizes, cell } = shape;
  const ids = (offset: number, least: number) =>
    Int32Array.from(noise(seed + offset, N * T), (x) => least + Math.floor(((x + 1) / 2) * (V - least)));
  const lengths = withLengths
    ? Int32Array.from(noise(seed + 102, N), (x) => Math.floor(((x + 1) / 2) * (T + 1)))
    : undefined;
  const state = sizes.map((H, i): LayerState => {
    const h = noise(seed + 103 + i, N * H);
    return cell === 'lstm' ? { h, c: noise(seed + 203 + i, N * H) } : { h };
  });
  return { inputs: ids(100, 0), targets: ids(101, -1), lengths, state };
}

function modelOf(
  shape: Shape,
  seed: number,
  more: Pick<CompiledLanguageModelOptions, 'dropout' | 'activationPenalty' | 'residual'>,
): Required<CompiledLanguageModelOptions> {
  const { cell, N, T, V, E, sizes } = shape;
  return {
    ...{ cell, vocabularySize: V, hiddenSize: sizes, embeddingSize: E, batchSize: N, steps: T },
    parameters: parametersOf(shape, (length, i) => noise(seed + i, length, 0.5)),
    gradients: parametersOf(shape, (length) => new Float32Array(length).fill(Number.NaN)),
    ...{
      dropout: {},
      activationPenalty: {},
      residual: false,
      zoneout: {},
      zoneoutMasks: true,
      projectionSize: undefined,
    },
    ...more,
  };
}

describe('a stack with options', () => {
  it('equals the double-precision oracle with the same masks: loss, states and every gradient', () => {
    fc.assert(
      fc.property(
        shapes,
        options,
        fc.integer(),
        fc.boolean(),
        ({ shape, residual }, more, seed, withLengths) => {
          const ofProduct = isRecurrent(shape.cell) ? {} : { state: 0, recurrentWeights: 0 };
          const dropout = { ...more.dropout, ...ofProduct };
          const model = modelOf(shape, seed, { ...more, dropout, residual });
          const problem = problemOf(shape, seed, withLengths);
          const { lengths, ...rest } = problem;
          const chunk = lengths ? { ...rest, lengths } : rest;
          const compiled = new CompiledLanguageModel(engine, model);
          const result = compiled.lossAndGradients(chunk, { scale: 1, dropoutSeed: seed >>> 0 });
          const expected = optionOracle(model, { ...problem, seed: seed >>> 0 });
          expect(result.predictions).toBe(expected.predictions);
          expect(Math.abs(result.loss - expected.loss)).toBeLessThan(1e-5 * Math.max(1, expected.loss));
          for (const [l, { h, c }] of result.state.entries()) {
            expect(relativeError(h, expected.states[l].h)).toBeLessThan(1e-5);
            if (c) expect(relativeError(c, expected.states[l].c)).toBeLessThan(1e-5);
          }
          for (const [name, gradient] of named(model.gradients)) {
            expect(relativeError(gradient, expected.gradients[name]), name).toBeLessThan(1e-4);
          }
          const evaluated = compiled.evaluate(chunk);
          const undropped = optionOracle(model, { ...problem, seed: undefined });
          expect(Math.abs(evaluated.loss - undropped.loss)).toBeLessThan(1e-5 * Math.max(1, undropped.loss));
          const O = shape.sizes[shape.sizes.length - 1];
          for (let n = 0; n < shape.N; n++) {
            const t = (lengths ? lengths[n] : shape.T) - 1;
            if (t < 0) continue;
            const from = (n * shape.T + t) * O;
            const wanted = Float64Array.from({ length: O }, (_, j) => undropped.outputs[from + j]);
            expect(relativeError(evaluated.output.subarray(n * O, (n + 1) * O), wanted)).toBeLessThan(1e-5);
          }
          compiled.free();
          freeParameters(engine, model.parameters, model.gradients);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('goes token by token as over a chunk', () => {
    fc.assert(
      fc.property(shapes, fc.integer(), ({ shape, residual }, seed) => {
        const single = { ...shape, N: 1 };
        const model = modelOf(single, seed, { residual });
        const problem = problemOf(single, seed, false);
        const { cell, vocabularySize, hiddenSize, embeddingSize, parameters, gradients } = model;
        const rest = { cell, vocabularySize, hiddenSize, embeddingSize, parameters, residual };
        const stepper = new LanguageModelStepper(engine, rest);
        let state: LayerState[] = problem.state;
        let loss = 0;
        for (let t = 0; t < shape.T; t++) {
          state = stepper.advance(state, problem.inputs[t]);
          const target = problem.targets[t];
          if (target >= 0) loss -= stepper.logProbabilities([{ h: stepper.output() }])[target];
        }
        const expected = optionOracle(model, { ...problem, seed: undefined });
        expect(Math.abs(loss - expected.loss)).toBeLessThan(2e-5 * Math.max(1, expected.loss));
        for (const [l, { h }] of state.entries())
          expect(relativeError(h, expected.states[l].h)).toBeLessThan(1e-5);
        stepper.free();
        freeParameters(engine, model.parameters, gradients);
      }),
      { numRuns: 200 },
    );
  });

  const everything = {
    dropout: {
      ...{ embedding: 0.1, input: 0.2, between: 0.2, output: 0.2, state: 0.1, recurrentWeights: 0.5 },
      locked: true,
    },
    activationPenalty: { size: 2, change: 1 },
  };

  it('gives the same bits for any number of threads, every time', async () => {
    const runs = [
      { cell: 'lstm' as const, N: 20, T: 7, V: 300, E: 40, sizes: [75, 75, 40], residual: false },
      { cell: 'gru' as const, N: 9, T: 5, V: 30, E: 0, sizes: [33, 33], residual: true },
      // So few rows that threads share the units of a step.
      { cell: 'lstm' as const, N: 5, T: 7, V: 30, E: 9, sizes: [41, 33], residual: false },
      { cell: 'gru' as const, N: 3, T: 5, V: 30, E: 0, sizes: [49, 49], residual: true },
      { cell: 'rnn-tanh' as const, N: 2, T: 5, V: 30, E: 0, sizes: [90], residual: false },
    ].map(({ residual, ...shape }, i) => {
      const zoneout = { hidden: 0.1, cell: shape.cell === 'lstm' ? 0.2 : 0 };
      const model = { ...modelOf(shape, i, { ...everything, residual }), zoneout };
      const { inputs, targets, state } = problemOf(shape, i, false);
      const compiled = new CompiledLanguageModel(engine, model);
      return () => {
        const result = compiled.lossAndGradients(
          { inputs, targets, state },
          { dropoutSeed: 4, recurrentGradientScale: 0.7 },
        );
        return { result, gradients: named(model.gradients).map(([name, view]) => [name, digest(view)]) };
      };
    });
    await expectSameOnAllThreads(engine, () => runs.map((run) => run()));
  });

  it('keeps its memory constant over 10,000 steps, and gives it back', () => {
    const before = engine.memoryUsage().used;
    for (const E of [0, 6]) {
      const shape: Shape = { cell: 'lstm', N: 3, T: 4, V: 11, E, sizes: [9, 9, 9] };
      const zoneout = { hidden: 0.1, cell: 0.2 };
      const model = { ...modelOf(shape, 1, { ...everything, residual: true }), zoneout };
      const { inputs, targets } = problemOf(shape, 2, false);
      const compiled = new CompiledLanguageModel(engine, model);
      compiled.lossAndGradients({ inputs, targets }, { dropoutSeed: 0 });
      const used = engine.memoryUsage();
      for (let i = 0; i < 10_000; i++) compiled.lossAndGradients({ inputs, targets }, { dropoutSeed: i });
      expect(engine.memoryUsage()).toEqual(used);
      compiled.free();
      freeParameters(engine, model.parameters, model.gradients);
    }
    expect(engine.memoryUsage().used).toBe(before);
  });

  it.each(CELLS.filter(isRecurrent))(
    'keeps values of %s: gradients follow the loss with the same masks',
    (cell) => {
      const shape: Shape = { cell, N: 3, T: 5, V: 7, E: 4, sizes: [9, 6] };
      const zoneout = { hidden: 0.3, ...(cell === 'lstm' && { cell: 0.2 }) };
      const dropout = { state: 0.2 };
      const model = { ...modelOf(shape, 3, { dropout }), zoneout };
      const { inputs, targets, state } = problemOf(shape, 4, false);
      const lengths = Int32Array.of(5, 3, 0);
      const compiled = new CompiledLanguageModel(engine, model);
      const run = () =>
        compiled.lossAndGradients({ inputs, targets, state, lengths }, { scale: 1, dropoutSeed: 11 }).loss;
      run();
      const wanted = named(model.gradients).map(([, gradient]) => gradient.slice());
      for (const [p, [name, values]] of named(model.parameters).entries()) {
        for (const i of [1, values.length >> 1, values.length - 1]) {
          const before = values[i];
          values[i] = before + 0.01;
          const above = run();
          values[i] = before - 0.01;
          const below = run();
          values[i] = before;
          const numeric = (above - below) / 0.02;
          expect(Math.abs(wanted[p][i] - numeric), `${name}[${i}]`).toBeLessThan(
            3e-3 * Math.max(1, Math.abs(numeric)),
          );
        }
      }
      const first = run();
      const other = compiled.lossAndGradients(
        { inputs, targets, state, lengths },
        { scale: 1, dropoutSeed: 12 },
      ).loss;
      expect(run()).toBe(first);
      expect(other).not.toBe(first);
      compiled.free();
      freeParameters(engine, model.parameters, model.gradients);
    },
  );

  it('needs a seed for each kind of dropout, and layers of one size for residual sums', () => {
    const shape: Shape = { cell: 'gru', N: 2, T: 3, V: 5, E: 0, sizes: [4, 3] };
    const { inputs, targets } = problemOf(shape, 2, false);
    for (const dropout of [{ embedding: 0.1 }, { input: 0.1 }, { recurrentWeights: 0.1 }]) {
      const compiled = new CompiledLanguageModel(engine, modelOf(shape, 1, { dropout }));
      expect(() => compiled.lossAndGradients({ inputs, targets })).toThrow('dropoutSeed: expected a number');
    }
    expect(() => new CompiledLanguageModel(engine, modelOf(shape, 1, { residual: true }))).toThrow(
      'residual: expected false for layers of unequal size',
    );
    const three = { ...modelOf(shape, 1, {}), hiddenSize: [4, 3, 2] };
    expect(() => new CompiledLanguageModel(engine, three)).toThrow('hiddenSize: expected 2 elements');
  });
});

it('an element of a mask is what the kernel draws', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      small(40),
      (seed, p, length) => {
        const drawn = new DropoutMasks();
        const program = engine.program();
        const masks = [0, 1].map(() => drawn.draw(program, length, p));
        drawn.seed(seed);
        program.run();
        for (const [stream, mask] of masks.entries()) {
          const expected = Array.from(mask, (_, i) => maskElement(seed, { rate: p, stream }, i));
          expect([...mask]).toEqual(expected);
        }
        program.free();
      },
    ),
  );
});
