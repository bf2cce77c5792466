import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { CompiledLanguageModel } from './compiled-language-model.js';
import {
  compiledFor,
  freeParameters,
  makeParameters,
  makeProblem,
  named,
  type Size,
} from './fixtures/language-model-problem.js';
import { refuseInTurn } from './fixtures/refusals.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

describe('memory of a CompiledLanguageModel', () => {
  const size: Size = { cell: 'lstm', N: 6, T: 5, V: 11, H: 13, E: 13, L: 2 };

  it('stays constant over 10,000 steps', () => {
    const problem = makeProblem(engine, size, 4, false);
    const gradients = makeParameters(engine, size, (length) => new Float32Array(length));
    const compiled = compiledFor(engine, problem, gradients);
    const chunk = { inputs: problem.inputs, targets: problem.targets };
    compiled.lossAndGradients(chunk);
    compiled.evaluate(chunk);
    const before = engine.memoryUsage();
    for (let i = 0; i < 10_000; i++) compiled.lossAndGradients(chunk);
    expect(engine.memoryUsage()).toEqual(before);
  });

  it('is given back', () => {
    const before = engine.memoryUsage().used;
    const problem = makeProblem(engine, size, 5, false);
    const gradients = makeParameters(engine, size, (length) => new Float32Array(length));
    const compiled = compiledFor(engine, problem, gradients);
    compiled.lossAndGradients({ inputs: problem.inputs, targets: problem.targets });
    compiled.free();
    freeParameters(engine, problem.parameters, gradients);
    expect(engine.memoryUsage().used).toBe(before);
  });

  it('keeps nothing of a program for which memory is refused, and works once it is not', () => {
    const problem = makeProblem(engine, size, 13, false);
    const { inputs, targets, parameters } = problem;
    const gradients = makeParameters(engine, size, (length) => new Float32Array(length));
    const options = {
      ...{ cell: size.cell, vocabularySize: size.V, hiddenSize: size.H, embeddingSize: size.E },
      ...{ batchSize: size.N, steps: size.T, parameters, gradients },
      dropout: { input: 0.3, between: 0.2, output: 0.2 },
    };
    const start = engine.memoryUsage().used;
    const compiled = new CompiledLanguageModel(engine, options);
    const empty = engine.memoryUsage().used;
    const evaluated = compiled.evaluate({ inputs, targets });
    const before = engine.memoryUsage().used;
    expect(before).toBeGreaterThan(empty);
    const train = (which: CompiledLanguageModel) => {
      const result = which.lossAndGradients({ inputs, targets }, { dropoutSeed: 8 });
      return { result, gradients: named(gradients).map(([, view]) => view.slice()) };
    };
    const refusals = refuseInTurn(
      engine,
      () => train(compiled),
      () => {
        expect(engine.memoryUsage().used).toBe(before);
        expect(compiled.evaluate({ inputs, targets })).toEqual(evaluated);
      },
    );
    expect(refusals).toBeGreaterThan(40);
    const fresh = new CompiledLanguageModel(engine, options);
    expect(train(compiled)).toEqual(train(fresh));
    fresh.free();
    compiled.free();
    compiled.free();
    expect(engine.memoryUsage().used).toBe(start);
  });
});
