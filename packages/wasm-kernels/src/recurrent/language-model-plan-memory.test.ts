import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import {
  freeParameters,
  makeParameters,
  makeProblem,
  named,
  planFor,
  type Size,
} from './fixtures/language-model-problem.js';
import { refuseInTurn } from './fixtures/refusals.js';
import { LanguageModelPlan } from './language-model-plan.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

describe('memory of a LanguageModelPlan', () => {
  const size: Size = { cell: 'lstm', N: 6, T: 5, V: 11, H: 13, E: 13, L: 2 };

  it('stays constant over 10,000 steps', () => {
    const problem = makeProblem(engine, size, 4, false);
    const gradients = makeParameters(engine, size, (length) => new Float32Array(length));
    const plan = planFor(engine, problem, gradients);
    const chunk = { inputs: problem.inputs, targets: problem.targets };
    plan.lossAndGradients(chunk);
    plan.evaluate(chunk);
    const before = engine.memoryUsage();
    for (let i = 0; i < 10_000; i++) plan.lossAndGradients(chunk);
    expect(engine.memoryUsage()).toEqual(before);
  });

  it('is given back', () => {
    const before = engine.memoryUsage().used;
    const problem = makeProblem(engine, size, 5, false);
    const gradients = makeParameters(engine, size, (length) => new Float32Array(length));
    const plan = planFor(engine, problem, gradients);
    plan.lossAndGradients({ inputs: problem.inputs, targets: problem.targets });
    plan.free();
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
});
