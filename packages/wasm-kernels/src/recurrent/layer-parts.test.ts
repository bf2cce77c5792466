// Layer norm, peepholes, projections and zoneout in the engine. Their numbers are held against float64 and PyTorch in rnn-cells.
import type { LayerState } from '@throughtime/contract';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { type Cell, cellLayout, isRecurrent } from './cell.js';
import { CompiledLanguageModel } from './compiled-language-model.js';
import { digest, noise } from './fixtures/closeness.js';
import { CELLS } from './fixtures/language-model-problem.js';
import { fromInt8Rows, toInt8Rows } from './int8-rows.js';
import { LanguageModelStepper } from './language-model-stepper.js';
import type { LayerParameters } from './layer-parameters.js';
import { RecurrentStack } from './recurrent-stack.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

interface LayerShape {
  readonly cell: Cell;
  readonly D: number;
  readonly H: number;
  readonly P?: number | undefined;
}

/** All parts that a cell has, drawn; gains near 1. */
function everyPart({ cell, D, H, P }: LayerShape, seed: number): LayerParameters {
  const rows = cellLayout(cell).gates * H;
  let index = 0;
  const fill = (length: number, around = 0) => {
    const view = engine.allocate(length);
    view.set(noise(seed + index++, length, 0.4).map((value) => around + value));
    return view;
  };
  const isLstm = cell === 'lstm';
  return {
    ...{ weightIh: fill(rows * D), biasIh: fill(rows), gainIh: fill(rows, 1) },
    ...(isRecurrent(cell) && { weightHh: fill(rows * (P ?? H)), biasHh: fill(rows), gainHh: fill(rows, 1) }),
    ...(isLstm && { weightPeephole: fill(3 * H), gainCell: fill(H, 1), biasCell: fill(H) }),
    ...(P !== undefined && { weightHr: fill(P * H) }),
  };
}

/** The states of several sequences, [S, H], from those of each. */
function joined(states: readonly LayerState[]): LayerState {
  const rows = (parts: readonly Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));
  const cells = states.flatMap(({ c }) => (c ? [c] : []));
  return { h: rows(states.map(({ h }) => h)), ...(cells.length > 0 && { c: rows(cells) }) };
}

function like(layer: LayerParameters): LayerParameters {
  const copies = Object.entries(layer).map(([name, view]) => [
    name,
    engine.allocate(view.length).fill(Number.NaN),
  ]);
  return Object.fromEntries(copies);
}

function stackOf(cell: Cell, oneHot: boolean) {
  const [N, T, D, H] = [30, 7, 19, 21];
  const P = cell === 'lstm' ? 11 : undefined;
  const parameters = [everyPart({ cell, D, H, P }, 1), everyPart({ cell, D: P ?? H, H, P }, 50)];
  const gradients = parameters.map(like);
  const stack = new RecurrentStack(engine, {
    ...{ cell, inputSize: D, hiddenSize: H, projectionSize: P, batchSize: N, steps: T, oneHot },
    ...{ parameters, gradients, zoneout: { hidden: 0.2, ...(cell === 'lstm' && { cell: 0.3 }) } },
    dropout: { between: 0.2, ...(isRecurrent(cell) && { state: 0.1, recurrentWeights: 0.2 }) },
  });
  stack.inputs.set(noise(3, stack.inputs.length));
  for (let i = 0; i < stack.ids.length; i++) stack.ids[i] = (i * 7) % D;
  const lengths = Int32Array.from({ length: N }, (_, n) => n % (T + 1));
  const dOutputs = noise(4, stack.outputs.length);
  const hidden = () => noise(5, T * N * (P ?? H)).map((value) => (value > 0 ? 1 : 0));
  const cells = () => noise(6, T * N * H).map((value) => (value > 0 ? 1 : 0));
  const zoneoutMasks = parameters.map(() => ({
    hidden: hidden(),
    ...(cell === 'lstm' && { cell: cells() }),
  }));
  return {
    stack,
    run: () => {
      const state = stack.forward({ lengths, reverse: true, dropoutSeed: 1, zoneoutMasks });
      const outputs = digest(stack.outputs);
      stack.outputGradients.set(dOutputs);
      const initial = stack.backward();
      const all = gradients.flatMap((layer) => Object.values(layer).map(digest));
      const finite = gradients.every((layer) =>
        Object.values(layer).every((view) => view.every(Number.isFinite)),
      );
      expect(finite).toBe(true);
      return { state, outputs, initial, all, inputs: digest(stack.inputGradients) };
    },
    free() {
      stack.free();
      for (const layer of [...parameters, ...gradients])
        for (const view of Object.values(layer)) engine.free(view);
    },
  };
}

describe('layers with every part', () => {
  it('give the same bits for any number of threads, every time', async () => {
    const stacks = CELLS.flatMap((cell) => [stackOf(cell, false), stackOf(cell, true)]);
    await expectSameOnAllThreads(engine, () => stacks.map(({ run }) => run()));
    for (const { free } of stacks) free();
  });

  it('keep their memory constant, and give it back', () => {
    const { used } = engine.memoryUsage();
    const made = stackOf('lstm', false);
    made.run();
    const running = engine.memoryUsage().used;
    for (let i = 0; i < 500; i++) made.run();
    expect(engine.memoryUsage().used).toBe(running);
    made.free();
    expect(engine.memoryUsage().used).toBe(used);
  });

  it.each(CELLS)('%s: token by token as over a chunk, also with int8 weights', (cell) => {
    const small = (max: number) => fc.integer({ min: 1, max });
    const shapes = fc.record({
      ...{
        V: small(9),
        E: fc.integer({ min: 0, max: 9 }),
        sizes: fc.array(small(21), { minLength: 1, maxLength: 3 }),
      },
      ...{ projected: fc.boolean(), residual: fc.boolean(), int8: fc.boolean(), zoneout: fc.boolean() },
    });
    const property = fc.property(shapes, fc.integer({ min: 0, max: 1e6 }), (shape, seed) => {
      const { V, E, sizes, projected, residual, int8, zoneout } = shape;
      const narrowest = Math.min(...(residual ? sizes.slice(0, 1) : sizes));
      const P = cell === 'lstm' && projected && narrowest > 1 ? Math.ceil(narrowest / 2) : undefined;
      const hiddenSize = residual ? sizes.map(() => sizes[0]) : sizes;
      const layers = hiddenSize.map((H, i) =>
        everyPart({ cell, D: i === 0 ? E || V : (P ?? hiddenSize[i - 1]), H, P }, seed + 60 * i),
      );
      const tensor = (length: number, at: number) => {
        const view = engine.allocate(length);
        view.set(noise(seed + at, length));
        return view;
      };
      const embedding = E > 0 ? tensor(V * E, 990) : undefined;
      const outputWeight = tensor(V * (P ?? hiddenSize.at(-1)!), 991);
      const parameters = { layers, ...(embedding && { embedding }), outputWeight };
      if (int8) {
        const round = (view: Float32Array, columns: number) => fromInt8Rows(toInt8Rows(view, columns), view);
        for (const [i, { weightIh, weightHh, weightHr }] of layers.entries()) {
          if (i > 0 || E > 0) round(weightIh, i === 0 ? E : (P ?? hiddenSize[i - 1]));
          if (weightHh) round(weightHh, P ?? hiddenSize[i]);
          if (weightHr) round(weightHr, hiddenSize[i]);
        }
        round(outputWeight, P ?? hiddenSize.at(-1)!);
      }
      const size = {
        ...{ cell, vocabularySize: V, hiddenSize, projectionSize: P, residual, parameters },
        ...(E > 0 && { embeddingSize: E }),
        ...(zoneout && { zoneout: { hidden: 0.2, ...(cell === 'lstm' && { cell: 0.3 }) } }),
      };
      const T = 5;
      const ids = noise(seed + 992, 2 * T).map((value) => Math.floor(Math.abs(value) * 1e6) % V);
      const [inputs, targets] = [Int32Array.from(ids.slice(0, T)), Int32Array.from(ids.slice(T))];
      const compiled = new CompiledLanguageModel(engine, { ...size, batchSize: 1, steps: T });
      const stepper = new LanguageModelStepper(engine, { ...size, int8 });
      const chunk = compiled.evaluate({ inputs, targets });
      let state = stepper.initialState();
      let loss = 0;
      for (const [t, token] of inputs.entries()) {
        state = stepper.advance(state, token);
        loss -= stepper.logProbabilities([{ h: stepper.output() }])[targets[t]];
      }
      const most = int8 ? 2e-2 : 1e-4;
      expect(Math.abs(loss - chunk.loss)).toBeLessThan(most);
      for (const [i, { h, c }] of state.entries()) {
        expect(Math.hypot(...h.map((value, j) => value - chunk.state[i].h[j]))).toBeLessThan(most);
        expect(c?.length).toBe(chunk.state[i].c?.length);
        if (c) expect(Math.hypot(...c.map((value, j) => value - chunk.state[i].c![j]))).toBeLessThan(most);
      }
      compiled.free();
      stepper.free();
      for (const layer of layers) for (const view of Object.values(layer)) engine.free(view);
      engine.free(outputWeight);
      if (embedding) engine.free(embedding);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it.each(CELLS)('%s: several sequences side by side as each alone, to the last bit', (cell) => {
    const [V, most] = [9, 5];
    for (const [H, E, int8, parts] of [
      [7, 0, false, true],
      [6, 5, false, false],
      [9, 3, true, true],
      [8, 0, true, false],
    ] as const) {
      const P = cell === 'lstm' && parts ? 5 : undefined;
      const layers = [0, 1].map((i) => {
        const every = everyPart({ cell, D: i === 0 ? E || V : (P ?? H), H, P }, 1 + 60 * i);
        const { gainIh, gainHh, gainCell, biasCell, weightPeephole, ...plain } = every;
        return parts ? every : plain;
      });
      const tensor = (length: number, seed: number) => {
        const view = engine.allocate(length);
        view.set(noise(seed, length));
        return view;
      };
      const parameters = {
        ...{ layers, outputWeight: tensor(V * (P ?? H), 91), outputBias: tensor(V, 92) },
        ...(E > 0 && { embedding: tensor(V * E, 90) }),
      };
      const size = {
        ...{ cell, vocabularySize: V, hiddenSize: H, projectionSize: P, residual: true, parameters, int8 },
        ...(E > 0 && { embeddingSize: E }),
        ...{ zoneout: { hidden: 0.2, ...(cell === 'lstm' && { cell: 0.3 }) } },
      };
      const alone = new LanguageModelStepper(engine, size);
      const together = new LanguageModelStepper(engine, { ...size, sequences: most });
      for (const S of [3, most, 1]) {
        const states = Array.from({ length: S }, () => alone.initialState());
        let state = states[0].map((_, l) => joined(states.map((one) => one[l])));
        for (let t = 0; t < 4; t++) {
          const tokens = Int32Array.from({ length: S }, (_, s) => (7 * s + 4 * t) % V);
          state = together.advance(state, tokens);
          const output = together.output();
          const next = together.logProbabilities([{ h: output }]).slice();
          for (let s = 0; s < S; s++) {
            states[s] = alone.advance(states[s], tokens[s]);
            const own = alone.output();
            expect(output.subarray(s * own.length, (s + 1) * own.length)).toEqual(own);
            expect(next.subarray(s * V, (s + 1) * V)).toEqual(alone.logProbabilities([{ h: own }]));
          }
          expect(state).toEqual(state.map((_, l) => joined(states.map((one) => one[l]))));
        }
      }
      expect(() => together.advance(together.initialState(), new Int32Array(most + 1))).toThrow(
        `token.length: expected a whole number from 1 to ${most}, got ${most + 1}`,
      );
      alone.free();
      together.free();
      for (const view of [...layers, parameters].flatMap((each) => Object.values(each)))
        if (view instanceof Float32Array) engine.free(view);
    }
  });

  it('give the same bits token by token for any number of threads, every time', async () => {
    const runs = CELLS.flatMap((cell) =>
      [false, true].map((int8) => {
        // With 64 sequences the threads share the weights.
        const [S, V, H] = [64, 30, 131];
        const P = cell === 'lstm' ? 77 : undefined;
        const layers = [everyPart({ cell, D: V, H, P }, 1), everyPart({ cell, D: P ?? H, H, P }, 60)];
        const outputWeight = engine.allocate(V * (P ?? H));
        outputWeight.set(noise(91, outputWeight.length));
        const size = { cell, vocabularySize: V, hiddenSize: H, projectionSize: P, int8, sequences: S };
        const stepper = new LanguageModelStepper(engine, { ...size, parameters: { layers, outputWeight } });
        const first = stepper.initialState().map((one) => joined(Array.from({ length: S }, () => one)));
        return () => {
          let state = first;
          for (const token of [3, 1, 4])
            state = stepper.advance(
              state,
              Int32Array.from({ length: S }, (_, s) => (token * s) % V),
            );
          return [...state.flatMap(({ h, c }) => (c ? [h, c] : [h])), stepper.logProbabilities(state)].map(
            digest,
          );
        };
      }),
    );
    await expectSameOnAllThreads(engine, () => runs.map((run) => run()));
  });

  it('name what does not fit', () => {
    const layer = everyPart({ cell: 'lstm', D: 2, H: 3, P: 2 }, 1);
    const make = (parameters: LayerParameters, more = {}) =>
      new RecurrentStack(engine, {
        ...{ cell: 'lstm', inputSize: 2, hiddenSize: 3, batchSize: 1, steps: 1, projectionSize: 2 },
        ...{ parameters: [parameters], ...more },
      });
    expect(() => make(layer)).not.toThrow();
    const { gainHh, weightHr, ...rest } = layer;
    expect(() => make({ ...rest, ...(weightHr && { weightHr }) })).toThrow('parameters[0].gainHh: expected');
    expect(() => make({ ...rest, ...(gainHh && { gainHh }) })).toThrow('parameters[0].weightHr: expected');
    expect(() => make(layer, { projectionSize: 3 })).toThrow(
      'projectionSize: expected less than hiddenSize, 3, got 3',
    );
    expect(() => make(layer, { projectionSize: undefined })).toThrow('parameters[0].weightHr: expected none');
    expect(() => make(layer, { cell: 'gru' })).toThrow("projectionSize: expected none for cell 'gru'");
    const { gainIh: _, ...without } = layer;
    expect(() => make(without)).toThrow('parameters[0].gainHh: expected none in such a layer');
    expect(() => make(everyPart({ cell: 'gru', D: 2, H: 3 }, 1), { projectionSize: undefined })).toThrow(
      'parameters[0].gainCell: expected',
    );
    const stack = make(layer, { backward: true, zoneout: { hidden: 0.1 } });
    expect(() => stack.forward({ zoneoutMasks: [{ hidden: new Float32Array(3) }] })).toThrow(
      'zoneoutMasks[0].hidden: expected 2 elements',
    );
  });
});
