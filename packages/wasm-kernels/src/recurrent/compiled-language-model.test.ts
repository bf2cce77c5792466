import type { LayerState } from '@throughtime/contract';
import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { CompiledLanguageModel } from './compiled-language-model.js';
import { digest, relativeError } from './fixtures/closeness.js';
import {
  CELLS,
  compiledFor,
  freeParameters,
  makeParameters,
  makeProblem,
  named,
  oracle,
  type Size,
  sizes,
} from './fixtures/language-model-problem.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

describe.each(CELLS)('CompiledLanguageModel, %s', (cell) => {
  it('equals the double-precision oracle: loss, states and every gradient', () => {
    fc.assert(
      fc.property(sizes(cell), fc.integer(), fc.boolean(), (size, seed, withLengths) => {
        const problem = makeProblem(engine, size, seed, withLengths);
        const gradients = makeParameters(engine, size, (length) => new Float32Array(length).fill(Number.NaN));
        const compiled = compiledFor(engine, problem, gradients);
        const expected = oracle(problem);
        const chunk = { ...problem, ...(problem.lengths ? { lengths: problem.lengths } : {}) };
        const { lengths: _, ...rest } = chunk;
        const input = problem.lengths ? { ...rest, lengths: problem.lengths } : rest;
        const result = compiled.lossAndGradients(input, { scale: 1 });
        expect(result.predictions).toBe(expected.predictions);
        expect(Math.abs(result.loss - expected.loss)).toBeLessThan(1e-5 * Math.max(1, expected.loss));
        for (const [l, { h, c }] of result.state.entries()) {
          expect(relativeError(h, expected.states[l].h)).toBeLessThan(1e-5);
          if (c) expect(relativeError(c, expected.states[l].c)).toBeLessThan(1e-5);
        }
        for (const [name, gradient] of named(gradients)) {
          expect(relativeError(gradient, expected.gradients[name]), name).toBeLessThan(1e-4);
        }
        const evaluated = compiled.evaluate(input);
        expect(evaluated).toEqual(result);
        compiled.free();
        freeParameters(engine, problem.parameters, gradients);
      }),
      { numRuns: 200, ...(cell === 'rnn-relu' ? { seed: 3 } : {}) }, // at the kink of ReLU either slope is right
    );
  });
});

describe('CompiledLanguageModel', () => {
  const size: Size = { cell: 'lstm', N: 6, T: 5, V: 11, H: 13, E: 13, L: 2 };

  it('has no loss but NaN where a logit is NaN or infinite, whichever it is', () => {
    const wrong = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), wrong, fc.integer(), (V, at, value, seed) => {
        const problem = makeProblem(engine, { ...size, V }, seed, false);
        const { parameters, inputs, targets, state } = problem;
        const compiled = compiledFor(engine, problem, undefined);
        expect(compiled.evaluate({ inputs, targets, state }).loss).toBeGreaterThanOrEqual(0);
        const bias = parameters.outputBias as Float32Array;
        bias[at % V] = value;
        expect(compiled.evaluate({ inputs, targets: targets.fill(0), state }).loss).toBeNaN();
        compiled.free();
        freeParameters(engine, parameters);
      }),
      { numRuns: 200 },
    );
  });

  it('adds the gradients of a tied embedding', () => {
    const problem = makeProblem(engine, size, 1, false);
    const { outputWeight } = problem.parameters;
    const tied = { ...problem, parameters: { ...problem.parameters, embedding: outputWeight } };
    const gradients = makeParameters(engine, size, (length) => new Float32Array(length));
    const compiled = compiledFor(engine, tied, { ...gradients, embedding: gradients.outputWeight });
    compiled.lossAndGradients(
      { inputs: tied.inputs, targets: tied.targets, state: tied.state },
      { scale: 1 },
    );
    const { gradients: expected } = oracle(tied);
    const sum = expected.outputWeight.map((value, i) => value + expected.embedding[i]);
    expect(relativeError(gradients.outputWeight, sum)).toBeLessThan(1e-4);
  });

  it('scales the gradient by 1 / predictions unless told otherwise', () => {
    const problem = makeProblem(engine, size, 2, true);
    const gradients = makeParameters(engine, size, (length) => new Float32Array(length));
    const compiled = compiledFor(engine, problem, gradients);
    const { lengths = new Int32Array(0) } = problem;
    const chunk = { inputs: problem.inputs, targets: problem.targets, lengths, state: problem.state };
    const { predictions } = compiled.lossAndGradients(chunk);
    const mean = gradients.outputWeight.slice();
    compiled.lossAndGradients(chunk, { scale: 1 });
    expect(
      relativeError(
        mean,
        gradients.outputWeight.map((value) => value / predictions),
      ),
    ).toBeLessThan(1e-6);
  });

  it('names what does not fit', () => {
    const problem = makeProblem(engine, size, 3, false);
    const compiled = compiledFor(engine, problem);
    const { inputs, targets } = problem;
    expect(() => compiled.lossAndGradients({ inputs, targets })).toThrow(ArgumentError);
    expect(() => compiled.evaluate({ inputs: inputs.with(7, 11), targets })).toThrow(
      'inputs[1, 2]: expected an id from 0 to 10, got 11',
    );
    expect(() => compiled.evaluate({ inputs, targets: targets.with(0, 11) })).toThrow(
      'targets[0, 0]: expected an id below 11',
    );
    expect(() => compiled.evaluate({ inputs: inputs.slice(1), targets })).toThrow(
      'inputs: expected 30 elements ([N, T])',
    );
    expect(() => compiled.evaluate({ inputs, targets, lengths: Int32Array.of(1, 2, 3, 4, 5, 6) })).toThrow(
      'lengths[5]',
    );
    expect(() => compiled.evaluate({ inputs, targets, lengths: [0.5] as never })).toThrow(
      'lengths: expected an Int32Array',
    );
    expect(() => compiled.evaluate({ inputs } as never)).toThrow(
      'targets: expected an Int32Array, got undefined',
    );
    expect(() => compiled.lossAndGradients({ inputs, targets }, { scal: 1 } as object)).toThrow(
      "did you mean 'scale'?",
    );
    expect(() =>
      compiledFor(engine, { ...problem, parameters: { layers: problem.parameters.layers } as never }),
    ).toThrow('parameters.outputWeight: expected a Float32Array, got undefined');
    expect(() => compiledFor(engine, { ...problem, size: { ...size, cell: 'LSTM' as 'lstm' } })).toThrow(
      "cell: expected one of 'rnn-tanh', 'rnn-relu', 'lstm', 'gru', 'gru-reset-before', 'mingru', 'minlstm', got 'LSTM' (did you mean 'lstm'?)",
    );
    const parameters = { ...problem.parameters, outputWeight: new Float32Array(11 * 13) };
    expect(() => compiledFor(engine, { ...problem, parameters })).toThrow(
      "parameters.outputWeight: expected an array in this engine's",
    );
  });

  it('gives the same bits for any number of threads, every time', async () => {
    const runs = [
      { ...size, N: 30, T: 6, V: 70, H: 40 },
      { ...size, N: 3, E: 0, L: 1, cell: 'gru' as const },
      // States are packed before their product, here and (too many rows for that on one thread) there.
      { ...size, N: 11, E: 0, L: 1, H: 130 },
      { ...size, N: 64, T: 2, E: 0, L: 1, H: 970, cell: 'rnn-relu' as const },
    ].map((shape) => {
      const problem = makeProblem(engine, shape, 6, true);
      const { lengths = new Int32Array(0), inputs, targets, state } = problem;
      const gradients = makeParameters(engine, shape, (length) => new Float32Array(length));
      const compiled = compiledFor(engine, problem, gradients);
      return () => {
        const result = compiled.lossAndGradients({ inputs, targets, lengths, state });
        return { result, gradients: named(gradients).map(([name, view]) => [name, digest(view)]) };
      };
    });
    await expectSameOnAllThreads(engine, () => runs.map((run) => run()));
  });

  it('does not disturb another model that trains in turns with it', () => {
    const shapes = [size, { ...size, cell: 'gru' as const, E: 0, H: 9 }];
    const models = shapes.map((shape, i) => {
      const problem = makeProblem(engine, shape, 7 + i, false);
      const gradients = makeParameters(engine, shape, (length) => new Float32Array(length));
      const { inputs, targets } = problem;
      const compiled = compiledFor(engine, problem, gradients);
      return () => [
        compiled.lossAndGradients({ inputs, targets }),
        named(gradients).map(([, view]) => view.slice()),
      ];
    });
    const alone = models.map((train) => train());
    for (let turn = 0; turn < 3; turn++) expect(models.map((train) => train())).toEqual(alone);
  });

  it('drops embeddings: gradients follow the loss with the same masks, and evaluation drops nothing', () => {
    const problem = makeProblem(engine, size, 9, false);
    const { inputs, targets, parameters } = problem;
    const gradients = makeParameters(engine, size, (length) => new Float32Array(length));
    for (const locked of [false, true]) {
      const compiled = new CompiledLanguageModel(engine, {
        ...{ cell: size.cell, vocabularySize: size.V, hiddenSize: size.H, embeddingSize: size.E },
        ...{ batchSize: size.N, steps: size.T, parameters, gradients },
        dropout: { input: 0.3, between: 0.2, output: 0.2, locked },
      });
      expect(() => compiled.lossAndGradients({ inputs, targets })).toThrow('dropoutSeed: expected a number');
      const loss = () => compiled.lossAndGradients({ inputs, targets }, { scale: 1, dropoutSeed: 5 }).loss;
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
      expect(compiled.evaluate({ inputs, targets }).loss).toBeCloseTo(
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
