import type { LayerState } from '@throughtime/contract';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { digest, relativeError } from './fixtures/closeness.js';
import { CELLS, freeParameters, makeProblem, oracle, sizes } from './fixtures/language-model-problem.js';
import { LanguageModelStepper } from './language-model-stepper.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

describe.each(CELLS)('LanguageModelStepper, %s', (cell) => {
  it('gives the probabilities and states of the double-precision oracle, one token at a time', () => {
    fc.assert(
      fc.property(sizes(cell), fc.integer(), (shape, seed) => {
        const size = { ...shape, N: 1 };
        const problem = makeProblem(engine, size, seed, false);
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
        freeParameters(engine, problem.parameters);
      }),
      { numRuns: 200 },
    );
  });
});

describe('LanguageModelStepper', () => {
  it('gives the same bits for any number of threads, every time', async () => {
    const runs = CELLS.map((cell) => {
      // More weights than one thread is left alone with.
      const shape = { cell, N: 1, T: 5, V: 1100, H: 270, E: 270, L: 2 };
      const { parameters } = makeProblem(engine, shape, 12, false);
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

  it('names an option that is missing or unknown', () => {
    expect(() => new LanguageModelStepper(engine, undefined as never)).toThrow(
      'options: expected an object with the options cell, vocabularySize, hiddenSize,',
    );
    const units = { cell: 'gru', vocabularySize: 5, units: 4, parameters: { layers: [] } };
    expect(() => new LanguageModelStepper(engine, units as never)).toThrow(
      'units: expected the name of an option',
    );
  });
});
