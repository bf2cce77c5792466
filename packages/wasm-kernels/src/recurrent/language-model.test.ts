import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { KernelArgumentError } from '../engine/errors.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { type Cell, cellLayout } from './cell.js';
import { digest, noise, relativeError } from './fixtures/closeness.js';
import { type LayerCase, runLayer } from './fixtures/layer-oracle.js';
import { refuseInTurn } from './fixtures/refusals.js';
import { fittedSizes } from './fixtures/shapes.js';
import type { LanguageModelParameters } from './language-model-parameters.js';
import { LanguageModelPlan } from './language-model-plan.js';
import { LanguageModelStepper } from './language-model-stepper.js';
import type { LayerState } from './stack-state.js';

const CELLS: Cell[] = ['rnn-tanh', 'rnn-relu', 'lstm', 'gru', 'gru-reset-before'];
const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

interface Size {
  readonly cell: Cell;
  readonly N: number;
  readonly T: number;
  readonly V: number;
  readonly H: number;
  /** 0: one-hot. */
  readonly E: number;
  readonly L: number;
}

function makeParameters(
  size: Size,
  value: (length: number, index: number) => Float32Array,
): LanguageModelParameters {
  const { cell, V, H, E, L } = size;
  const rows = cellLayout(cell).gates * H;
  let index = 0;
  const make = (length: number) => {
    const view = engine.allocate(length);
    view.set(value(length, index++));
    return view;
  };
  return {
    ...(E > 0 ? { embedding: make(V * E) } : {}),
    layers: Array.from({ length: L }, (_, i) => ({
      weightIh: make(rows * (i > 0 ? H : E || V)),
      weightHh: make(rows * H),
      biasIh: make(rows),
      biasHh: make(rows),
    })),
    outputWeight: make(V * H),
    outputBias: make(V),
  };
}

function named(parameters: LanguageModelParameters): [string, Float32Array][] {
  const { embedding, layers, outputWeight, outputBias } = parameters;
  return [
    ...(embedding ? [['embedding', embedding] as [string, Float32Array]] : []),
    ...layers.flatMap((layer, i) =>
      Object.entries(layer).map(([name, view]): [string, Float32Array] => [`${name}${i}`, view]),
    ),
    ['outputWeight', outputWeight],
    ...(outputBias ? [['outputBias', outputBias] as [string, Float32Array]] : []),
  ];
}

function freeParameters(...all: LanguageModelParameters[]): void {
  for (const parameters of all) for (const [, view] of named(parameters)) engine.free(view);
}

interface Problem {
  readonly size: Size;
  readonly parameters: LanguageModelParameters;
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  readonly lengths: Int32Array | undefined;
  readonly state: LayerState[];
}

function makeProblem(size: Size, seed: number, withLengths: boolean): Problem {
  const { cell, N, T, V, H, L } = size;
  const parameters = makeParameters(size, (length, i) => noise(seed + i, length, 1 / Math.sqrt(H)));
  const ids = (offset: number, least: number) =>
    Int32Array.from(noise(seed + offset, N * T), (x) => least + Math.floor(((x + 1) / 2) * (V - least)));
  return {
    size,
    parameters,
    inputs: ids(100, 0),
    targets: ids(101, -1), // some positions predict nothing
    lengths: withLengths
      ? Int32Array.from(noise(seed + 102, N), (x) => Math.floor(((x + 1) / 2) * (T + 1)))
      : undefined,
    state: Array.from({ length: L }, (_, i) => {
      const h = noise(seed + 103 + i, N * H);
      return cell === 'lstm' ? { h, c: noise(seed + 203 + i, N * H) } : { h };
    }),
  };
}

/** Loss, state and all gradients of the sum of losses, in double precision. */
function oracle({ size, parameters, inputs, targets, lengths, state }: Problem) {
  const { cell, N, T, V, H, E } = size;
  const width = E || V;
  const embed = (id: number, i: number) =>
    parameters.embedding ? parameters.embedding[id * E + i] : id === i ? 1 : 0;
  let rows: ArrayLike<number> = Float64Array.from({ length: N * T * width }, (_, i) =>
    embed(inputs[Math.floor(i / width)], i % width),
  );
  const runs = parameters.layers.map((layer, l) => {
    const layerCase: LayerCase = {
      ...{ cell, N, T, D: l > 0 ? H : width, H, ...layer, inputs: rows, lengths },
      h0: state[l].h,
      c0: state[l].c ?? new Float32Array(N * H),
    };
    const run = runLayer(layerCase);
    rows = run.outputs;
    return run;
  });
  const { outputWeight, outputBias } = parameters;
  const dWeight = new Float64Array(V * H);
  const dBias = new Float64Array(V);
  let dRows = new Float64Array(N * T * H);
  let loss = 0;
  let predictions = 0;
  for (let p = 0; p < N * T; p++) {
    if (targets[p] < 0 || (lengths && p % T >= lengths[Math.floor(p / T)])) continue;
    const logits = Float64Array.from({ length: V }, (_, v) => {
      let sum = outputBias?.[v] ?? 0;
      for (let j = 0; j < H; j++) sum += outputWeight[v * H + j] * rows[p * H + j];
      return sum;
    });
    const most = Math.max(...logits);
    const total = logits.reduce((sum, x) => sum + Math.exp(x - most), 0);
    loss += Math.log(total) + most - logits[targets[p]];
    predictions++;
    for (let v = 0; v < V; v++) {
      const d = Math.exp(logits[v] - most) / total - (v === targets[p] ? 1 : 0);
      dBias[v] += d;
      for (let j = 0; j < H; j++) {
        dWeight[v * H + j] += d * rows[p * H + j];
        dRows[p * H + j] += d * outputWeight[v * H + j];
      }
    }
  }
  const none = new Float64Array(N * H);
  const gradients: Record<string, Float64Array> = { outputWeight: dWeight, outputBias: dBias };
  for (let l = runs.length - 1; l >= 0; l--) {
    const { inputs: dInputs, ...weights } = runs[l].backward(dRows, none, none);
    for (const [name, gradient] of Object.entries(weights)) gradients[`${name}${l}`] = gradient;
    dRows = dInputs as Float64Array<ArrayBuffer>;
  }
  const dEmbedding = new Float64Array(V * E);
  for (let p = 0; E > 0 && p < N * T; p++) {
    for (let i = 0; i < E; i++) dEmbedding[inputs[p] * E + i] += dRows[p * E + i];
  }
  gradients.embedding = dEmbedding;
  return { loss, predictions, gradients, states: runs.map(({ h, c }) => ({ h, c })) };
}

/** E is 0 in one case of four. */
const sizes = (cell: Cell) =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 2, max: 70 }),
      fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 70 }) }, fc.constant(0)),
    )
    .chain(([L, V, E]) =>
      fittedSizes(['N', 'T', 'H'], ({ N, T, H }) => N * T * H * (H * L + V + (E || V))).map(
        (fitted): Size => ({ cell, L, V, E, ...fitted }),
      ),
    );

function planFor(problem: Problem, gradients?: LanguageModelParameters): LanguageModelPlan {
  const { cell, N, T, V, H, E } = problem.size;
  return new LanguageModelPlan(engine, {
    ...{ cell, vocabularySize: V, hiddenSize: H, embeddingSize: E, batchSize: N, steps: T },
    parameters: problem.parameters,
    ...(gradients ? { gradients } : {}),
  });
}

describe.each(CELLS)('LanguageModelPlan, %s', (cell) => {
  it('equals the double-precision oracle: loss, states and every gradient', () => {
    fc.assert(
      fc.property(sizes(cell), fc.integer(), fc.boolean(), (size, seed, withLengths) => {
        const problem = makeProblem(size, seed, withLengths);
        const gradients = makeParameters(size, (length) => new Float32Array(length).fill(Number.NaN));
        const plan = planFor(problem, gradients);
        const expected = oracle(problem);
        const chunk = { ...problem, ...(problem.lengths ? { lengths: problem.lengths } : {}) };
        const { lengths: _, ...rest } = chunk;
        const input = problem.lengths ? { ...rest, lengths: problem.lengths } : rest;
        const result = plan.lossAndGradients(input, { scale: 1 });
        expect(result.predictions).toBe(expected.predictions);
        expect(Math.abs(result.loss - expected.loss)).toBeLessThan(1e-5 * Math.max(1, expected.loss));
        for (const [l, { h, c }] of result.state.entries()) {
          expect(relativeError(h, expected.states[l].h)).toBeLessThan(1e-5);
          if (c) expect(relativeError(c, expected.states[l].c)).toBeLessThan(1e-5);
        }
        for (const [name, gradient] of named(gradients)) {
          expect(relativeError(gradient, expected.gradients[name]), name).toBeLessThan(1e-4);
        }
        const evaluated = plan.evaluate(input);
        expect(evaluated).toEqual(result);
        plan.free();
        freeParameters(problem.parameters, gradients);
      }),
      { numRuns: 200, ...(cell === 'rnn-relu' ? { seed: 3 } : {}) }, // at the kink of ReLU either slope is right
    );
  });

  it('steps one token at a time to the same probabilities and states', () => {
    fc.assert(
      fc.property(sizes(cell), fc.integer(), (shape, seed) => {
        const size = { ...shape, N: 1 };
        const problem = makeProblem(size, seed, false);
        const { cell: kind, V, H, E, T } = size;
        const model = { cell: kind, vocabularySize: V, hiddenSize: H, embeddingSize: E };
        const stepper = new LanguageModelStepper(engine, { ...model, parameters: problem.parameters });
        let state: LayerState[] = problem.state;
        let loss = 0;
        for (let t = 0; t < T; t++) {
          state = stepper.advance(state, problem.inputs[t]);
          const target = problem.targets[t];
          if (target >= 0) loss -= stepper.logProbabilities(state)[target];
        }
        const expected = oracle(problem);
        expect(Math.abs(loss - expected.loss)).toBeLessThan(2e-5 * Math.max(1, expected.loss));
        for (const [l, { h, c }] of state.entries()) {
          expect(relativeError(h, expected.states[l].h)).toBeLessThan(1e-5);
          if (c) expect(relativeError(c, expected.states[l].c)).toBeLessThan(1e-5);
        }
        stepper.free();
        freeParameters(problem.parameters);
      }),
      { numRuns: 200 },
    );
  });
});

describe('LanguageModelPlan', () => {
  const size: Size = { cell: 'lstm', N: 6, T: 5, V: 11, H: 13, E: 13, L: 2 };

  it('adds the gradients of a tied embedding', () => {
    const problem = makeProblem(size, 1, false);
    const { outputWeight } = problem.parameters;
    const tied = { ...problem, parameters: { ...problem.parameters, embedding: outputWeight } };
    const gradients = makeParameters(size, (length) => new Float32Array(length));
    const plan = planFor(tied, { ...gradients, embedding: gradients.outputWeight });
    plan.lossAndGradients({ inputs: tied.inputs, targets: tied.targets, state: tied.state }, { scale: 1 });
    const { gradients: expected } = oracle(tied);
    const sum = expected.outputWeight.map((value, i) => value + expected.embedding[i]);
    expect(relativeError(gradients.outputWeight, sum)).toBeLessThan(1e-4);
  });

  it('scales the gradient by 1 / predictions unless told otherwise', () => {
    const problem = makeProblem(size, 2, true);
    const gradients = makeParameters(size, (length) => new Float32Array(length));
    const plan = planFor(problem, gradients);
    const { lengths = new Int32Array(0) } = problem;
    const chunk = { inputs: problem.inputs, targets: problem.targets, lengths, state: problem.state };
    const { predictions } = plan.lossAndGradients(chunk);
    const mean = gradients.outputWeight.slice();
    plan.lossAndGradients(chunk, { scale: 1 });
    expect(
      relativeError(
        mean,
        gradients.outputWeight.map((value) => value / predictions),
      ),
    ).toBeLessThan(1e-6);
  });

  it('names what does not fit', () => {
    const problem = makeProblem(size, 3, false);
    const plan = planFor(problem);
    const { inputs, targets } = problem;
    expect(() => plan.lossAndGradients({ inputs, targets })).toThrow(KernelArgumentError);
    expect(() => plan.evaluate({ inputs: inputs.with(7, 11), targets })).toThrow(
      'inputs[1, 2]: expected an id from 0 to 10, got 11',
    );
    expect(() => plan.evaluate({ inputs, targets: targets.with(0, 11) })).toThrow(
      'targets[0, 0]: expected an id below 11',
    );
    expect(() => plan.evaluate({ inputs: inputs.slice(1), targets })).toThrow(
      'inputs: expected 30 elements ([N, T])',
    );
    expect(() => plan.evaluate({ inputs, targets, lengths: Int32Array.of(1, 2, 3, 4, 5, 6) })).toThrow(
      'lengths[5]',
    );
    const parameters = { ...problem.parameters, outputWeight: new Float32Array(11 * 13) };
    expect(() => planFor({ ...problem, parameters })).toThrow(
      "parameters.outputWeight: expected an array in this engine's",
    );
  });

  it('keeps memory constant over 10,000 steps', () => {
    const problem = makeProblem(size, 4, false);
    const gradients = makeParameters(size, (length) => new Float32Array(length));
    const plan = planFor(problem, gradients);
    const chunk = { inputs: problem.inputs, targets: problem.targets };
    plan.lossAndGradients(chunk);
    plan.evaluate(chunk);
    const before = engine.memoryUsage();
    for (let i = 0; i < 10_000; i++) plan.lossAndGradients(chunk);
    expect(engine.memoryUsage()).toEqual(before);
  });

  it('gives all its memory back', () => {
    const before = engine.memoryUsage().used;
    const problem = makeProblem(size, 5, false);
    const gradients = makeParameters(size, (length) => new Float32Array(length));
    const plan = planFor(problem, gradients);
    plan.lossAndGradients({ inputs: problem.inputs, targets: problem.targets });
    plan.free();
    freeParameters(problem.parameters, gradients);
    expect(engine.memoryUsage().used).toBe(before);
  });

  it('gives the same bits for any number of threads, every time', async () => {
    const runs = [
      { ...size, N: 30, T: 6, V: 70, H: 40 },
      { ...size, N: 3, E: 0, L: 1, cell: 'gru' as const },
      // States are packed before their product, here and (too many rows for that on one thread) there.
      { ...size, N: 11, E: 0, L: 1, H: 130 },
      { ...size, N: 64, T: 2, E: 0, L: 1, H: 970, cell: 'rnn-relu' as const },
    ].map((shape) => {
      const problem = makeProblem(shape, 6, true);
      const { lengths = new Int32Array(0), inputs, targets, state } = problem;
      const gradients = makeParameters(shape, (length) => new Float32Array(length));
      const plan = planFor(problem, gradients);
      return () => {
        const result = plan.lossAndGradients({ inputs, targets, lengths, state });
        return { result, gradients: named(gradients).map(([name, view]) => [name, digest(view)]) };
      };
    });
    await expectSameOnAllThreads(engine, () => runs.map((run) => run()));
  });

  it('steps to the same bits for any number of threads, every time', async () => {
    const runs = CELLS.map((cell) => {
      // More weights than one thread is left alone with.
      const shape = { ...size, cell, N: 1, V: 1100, H: 270, E: 270 };
      const { parameters } = makeProblem(shape, 12, false);
      const { V, H, E } = shape;
      const model = { cell, vocabularySize: V, hiddenSize: H, embeddingSize: E, parameters };
      const stepper = new LanguageModelStepper(engine, model);
      return () => {
        let state = stepper.initialState();
        for (const token of [3, 1, 4]) state = stepper.advance(state, token);
        return { state, next: digest(stepper.logProbabilities(state)) };
      };
    });
    await expectSameOnAllThreads(engine, () => runs.map((run) => run()));
  });

  it('keeps nothing of a program for which memory is refused, and works once it is not', () => {
    const problem = makeProblem(size, 13, false);
    const { inputs, targets, parameters } = problem;
    const gradients = makeParameters(size, (length) => new Float32Array(length));
    const options = {
      ...{ cell: size.cell, vocabularySize: size.V, hiddenSize: size.H, embeddingSize: size.E },
      ...{ batchSize: size.N, steps: size.T, parameters, gradients },
      dropout: { inputs: 0.3, between: 0.2, outputs: 0.2 },
    };
    const start = engine.memoryUsage().used;
    const plan = new LanguageModelPlan(engine, options);
    const empty = engine.memoryUsage().used;
    const evaluated = plan.evaluate({ inputs, targets });
    const before = engine.memoryUsage().used;
    expect(before).toBeGreaterThan(empty);
    const train = (which: LanguageModelPlan) => {
      const result = which.lossAndGradients({ inputs, targets }, { dropoutSeed: 8 });
      return { result, gradients: named(gradients).map(([, view]) => view.slice()) };
    };
    const refusals = refuseInTurn(
      engine,
      () => train(plan),
      () => {
        expect(engine.memoryUsage().used).toBe(before);
        expect(plan.evaluate({ inputs, targets })).toEqual(evaluated);
      },
    );
    expect(refusals).toBeGreaterThan(40);
    const fresh = new LanguageModelPlan(engine, options);
    expect(train(plan)).toEqual(train(fresh));
    fresh.free();
    plan.free();
    plan.free();
    expect(engine.memoryUsage().used).toBe(start);
  });

  it('does not disturb another model that trains in turns with it', () => {
    const shapes = [size, { ...size, cell: 'gru' as const, E: 0, H: 9 }];
    const models = shapes.map((shape, i) => {
      const problem = makeProblem(shape, 7 + i, false);
      const gradients = makeParameters(shape, (length) => new Float32Array(length));
      const { inputs, targets } = problem;
      const plan = planFor(problem, gradients);
      return () => [
        plan.lossAndGradients({ inputs, targets }),
        named(gradients).map(([, view]) => view.slice()),
      ];
    });
    const alone = models.map((train) => train());
    for (let turn = 0; turn < 3; turn++) expect(models.map((train) => train())).toEqual(alone);
  });

  it('drops embeddings: gradients follow the loss with the same masks, and evaluation drops nothing', () => {
    const problem = makeProblem(size, 9, false);
    const { inputs, targets, parameters } = problem;
    const gradients = makeParameters(size, (length) => new Float32Array(length));
    for (const variational of [false, true]) {
      const plan = new LanguageModelPlan(engine, {
        ...{ cell: size.cell, vocabularySize: size.V, hiddenSize: size.H, embeddingSize: size.E },
        ...{ batchSize: size.N, steps: size.T, parameters, gradients },
        dropout: { inputs: 0.3, between: 0.2, outputs: 0.2, variational },
      });
      expect(() => plan.lossAndGradients({ inputs, targets })).toThrow('dropoutSeed: expected a number');
      const loss = () => plan.lossAndGradients({ inputs, targets }, { scale: 1, dropoutSeed: 5 }).loss;
      loss();
      const { embedding = new Float32Array(0) } = parameters;
      const index = inputs[3] * size.E + 2;
      const expected = gradients.embedding?.[index];
      const original = embedding[index];
      embedding[index] = original + 0.02;
      const above = loss();
      embedding[index] = original - 0.02;
      const below = loss();
      embedding[index] = original;
      expect(expected).toBeCloseTo((above - below) / 0.04, 2);
      expect(plan.evaluate({ inputs, targets }).loss).toBeCloseTo(
        oracle({ ...problem, state: zeros() }).loss,
        3,
      );
    }
  });

  function zeros(): LayerState[] {
    const row = () => new Float32Array(size.N * size.H);
    return Array.from({ length: size.L }, () => ({ h: row(), c: row() }));
  }
});
