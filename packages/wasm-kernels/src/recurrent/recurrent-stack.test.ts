import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { type Cell, cellLayout, isRecurrent } from './cell.js';
import { digest, noise, relativeError } from './fixtures/closeness.js';
import { type LayerCase, runLayer } from './fixtures/layer-oracle.js';
import { refuseInTurn } from './fixtures/refusals.js';
import { fittedSizes } from './fixtures/shapes.js';
import type { LayerParameters } from './layer-parameters.js';
import { RecurrentStack } from './recurrent-stack.js';

const CELLS: Cell[] = ['rnn-tanh', 'rnn-relu', 'lstm', 'gru', 'gru-reset-before', 'mingru', 'minlstm'];
const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

const shapes = fittedSizes(['N', 'T', 'D', 'H'], ({ N, T, D, H }) => N * T * H * (H + D));

const cases = fc.record({
  shape: shapes,
  seed: fc.integer(),
  reverse: fc.boolean(),
  lengths: fc.boolean(),
  biases: fc.boolean(),
  inputMask: fc.boolean(),
  stateMask: fc.boolean(),
  finalGradients: fc.boolean(),
});

function makeLayer(cell: Cell, D: number, H: number, seed: number, biases: boolean): LayerParameters {
  const rows = cellLayout(cell).gates * H;
  const fill = (length: number, offset: number) => {
    const view = engine.allocate(length);
    view.set(noise(seed + offset, length, 1 / Math.sqrt(D + H)));
    return view;
  };
  const recurrent = isRecurrent(cell);
  return {
    weightIh: fill(rows * D, 1),
    ...(recurrent && { weightHh: fill(rows * H, 2) }),
    ...(biases && { biasIh: fill(rows, 3) }),
    ...(biases && recurrent && { biasHh: fill(rows, 4) }),
  };
}

function gradientsOf(layer: LayerParameters): LayerParameters {
  const copies = Object.entries(layer).map(([name, view]: [string, Float32Array]) => [
    name,
    engine.allocate(view.length).fill(Number.NaN),
  ]);
  return Object.fromEntries(copies);
}

function freeLayers(...layers: LayerParameters[]): void {
  for (const layer of layers) for (const view of Object.values(layer)) engine.free(view);
}

/** Zero or a keeping factor, as dropout draws. */
function mask(seed: number, length: number): Float32Array {
  return noise(seed, length).map((value) => (value < -0.2 ? 0 : 1.25));
}

describe.each(CELLS)('%s', (cell) => {
  it('equals the double-precision oracle: outputs, states and every gradient', () => {
    fc.assert(
      fc.property(cases, ({ shape, seed, ...options }) => {
        const { N, T, D, H } = shape;
        const layer = makeLayer(cell, D, H, seed, options.biases);
        const gradients = gradientsOf(layer);
        const stack = new RecurrentStack(engine, {
          cell,
          inputSize: D,
          hiddenSize: H,
          batchSize: N,
          steps: T,
          parameters: [layer],
          gradients: [gradients],
        });
        const lengths = Int32Array.from(noise(seed + 5, N), (value) =>
          Math.floor(((value + 1) / 2) * (T + 1)),
        );
        const isLstm = cell === 'lstm';
        const layerCase: LayerCase = {
          ...{ cell, N, T, D, H, ...layer },
          inputs: noise(seed + 6, N * T * D),
          h0: noise(seed + 7, N * H),
          c0: noise(seed + 8, N * H),
          reverse: options.reverse,
          lengths: options.lengths ? lengths : undefined,
          inputMask: options.inputMask ? mask(seed + 9, N * D) : undefined,
          stateMask: options.stateMask && isRecurrent(cell) ? mask(seed + 10, N * H) : undefined,
        };
        const dOutputs = noise(seed + 11, N * T * H);
        const scale = options.finalGradients ? 1 : 0;
        const [dh, dc] = [noise(seed + 12, N * H, scale), noise(seed + 13, N * H, scale)];
        const expected = runLayer(layerCase);
        const wanted = expected.backward(dOutputs, dh, isLstm ? dc : new Float32Array(N * H));

        stack.inputs.set(layerCase.inputs);
        const [state] = stack.forward({
          state: [
            isLstm
              ? { h: layerCase.h0 as Float32Array, c: layerCase.c0 as Float32Array }
              : { h: layerCase.h0 as Float32Array },
          ],
          reverse: options.reverse,
          ...(options.lengths ? { lengths } : {}),
          ...(layerCase.inputMask ? { inputMask: layerCase.inputMask as Float32Array } : {}),
          ...(layerCase.stateMask ? { stateMasks: [layerCase.stateMask as Float32Array] } : {}),
        });
        expect(relativeError(stack.outputs, expected.outputs)).toBeLessThan(1e-5);
        expect(relativeError(state.h, expected.h)).toBeLessThan(1e-5);
        if (state.c) expect(relativeError(state.c, expected.c)).toBeLessThan(1e-5);

        stack.outputGradients.set(dOutputs);
        const [initial] = stack.backward(
          options.finalGradients ? [isLstm ? { h: dh, c: dc } : { h: dh }] : undefined,
        );
        expect(relativeError(stack.inputGradients, wanted.inputs)).toBeLessThan(1e-4);
        expect(relativeError(initial.h, wanted.h0)).toBeLessThan(1e-4);
        if (initial.c) expect(relativeError(initial.c, wanted.c0)).toBeLessThan(1e-4);
        for (const name of ['weightIh', 'weightHh', 'biasIh', 'biasHh'] as const) {
          const gradient = gradients[name];
          if (gradient) expect(relativeError(gradient, wanted[name]), name).toBeLessThan(1e-4);
        }
        stack.free();
        freeLayers(layer, gradients);
      }),
      { numRuns: 200, ...(cell === 'rnn-relu' ? { seed: 3 } : {}) }, // at the kink of ReLU either slope is right
    );
  });
});

describe('RecurrentStack', () => {
  const shape = { cell: 'lstm', inputSize: 5, hiddenSize: 7, batchSize: 4, steps: 6 } as const;
  const layers = () => [makeLayer('lstm', 5, 7, 1, true), makeLayer('lstm', 7, 7, 2, true)];

  it('runs two chunks as one sequence when the state is carried', () => {
    const parameters = layers();
    const whole = new RecurrentStack(engine, { ...shape, parameters });
    const half = new RecurrentStack(engine, { ...shape, steps: 3, parameters });
    whole.inputs.set(noise(1, whole.inputs.length));
    const final = whole.forward();
    let state: ReturnType<typeof half.forward> | undefined;
    for (const first of [0, 3]) {
      for (let n = 0; n < 4; n++) {
        half.inputs.set(whole.inputs.subarray((n * 6 + first) * 5, (n * 6 + first + 3) * 5), n * 15);
      }
      state = half.forward(state ? { state } : {});
    }
    expect(state).toEqual(final);
  });

  it('takes one-hot inputs as ids: equal to the double-precision oracle, any cell', () => {
    const oneHotCases = fc.record({
      ...{ cell: fc.constantFrom(...CELLS), shape: shapes, seed: fc.integer() },
      ...{ reverse: fc.boolean(), lengths: fc.boolean(), biases: fc.boolean() },
    });
    fc.assert(
      fc.property(oneHotCases, ({ cell, shape: { N, T, D, H }, seed, ...options }) => {
        const layer = makeLayer(cell, D, H, seed, options.biases);
        const gradients = gradientsOf(layer);
        const stack = new RecurrentStack(engine, {
          ...{ cell, inputSize: D, hiddenSize: H, batchSize: N, steps: T, oneHot: true },
          ...{ parameters: [layer], gradients: [gradients] },
        });
        stack.ids.set(noise(seed + 6, N * T).map((x) => Math.floor(((x + 1) / 2) * D)));
        const inputs = new Float32Array(N * T * D);
        for (const [i, id] of stack.ids.entries()) inputs[i * D + id] = 1;
        const lengths = Int32Array.from(noise(seed + 5, N), (x) => Math.floor(((x + 1) / 2) * (T + 1)));
        const [h0, c0] = [noise(seed + 7, N * H), noise(seed + 8, N * H)];
        const isLstm = cell === 'lstm';
        const expected = runLayer({
          ...{ cell, N, T, D, H, ...layer, inputs, h0, c0, reverse: options.reverse },
          lengths: options.lengths ? lengths : undefined,
        });
        const dOutputs = noise(seed + 11, N * T * H);
        const none = new Float32Array(N * H);
        const wanted = expected.backward(dOutputs, none, none);

        const [state] = stack.forward({
          state: [isLstm ? { h: h0, c: c0 } : { h: h0 }],
          reverse: options.reverse,
          ...(options.lengths ? { lengths } : {}),
        });
        expect(relativeError(stack.outputs, expected.outputs)).toBeLessThan(1e-5);
        expect(relativeError(state.h, expected.h)).toBeLessThan(1e-5);
        if (state.c) expect(relativeError(state.c, expected.c)).toBeLessThan(1e-5);
        stack.outputGradients.set(dOutputs);
        const [initial] = stack.backward();
        expect(relativeError(initial.h, wanted.h0)).toBeLessThan(1e-4);
        if (initial.c) expect(relativeError(initial.c, wanted.c0)).toBeLessThan(1e-4);
        for (const name of ['weightIh', 'weightHh', 'biasIh', 'biasHh'] as const) {
          const gradient = gradients[name];
          if (gradient) expect(relativeError(gradient, wanted[name]), name).toBeLessThan(1e-4);
        }
        stack.free();
        freeLayers(layer, gradients);
      }),
      { numRuns: 250, seed: 3 }, // at the kink of ReLU either slope is right
    );
  });

  // Threads share the batch's rows, or where these are few, or the weights large, a step's units.
  it.each([
    { rows: 'many', N: 30, T: 7, D: 19, H: 41, kinds: [...CELLS, 'one-hot' as const] },
    { rows: 'few', N: 5, T: 7, D: 19, H: 65, kinds: [...CELLS, 'one-hot' as const] },
    { rows: 'some, of large weights', N: 12, T: 3, D: 2, H: 1001, kinds: ['lstm' as const] },
  ])(
    'gives the same bits for any number of threads, every time: $rows rows',
    async ({ N, T, D, H, kinds }) => {
      const runs = kinds.map((kind) => {
        const [oneHot, cell] = kind === 'one-hot' ? [true, 'lstm' as const] : [false, kind];
        const parameters = [makeLayer(cell, D, H, 1, true)];
        if (cell === 'lstm') {
          const weightPeephole = engine.allocate(3 * H);
          weightPeephole.set(noise(5, 3 * H));
          parameters[0] = { ...parameters[0], weightPeephole };
        }
        if (H < 100) parameters.push(makeLayer(cell, H, H, 2, true));
        const gradients = parameters.map(gradientsOf);
        const stack = new RecurrentStack(engine, {
          ...{ cell, inputSize: D, hiddenSize: H, batchSize: N, steps: T, parameters, gradients, oneHot },
          dropout: { between: 0.2, ...(isRecurrent(cell) && { state: 0.1 }) },
        });
        stack.inputs.set(noise(3, stack.inputs.length));
        for (let i = 0; i < stack.ids.length; i++) stack.ids[i] = (i * 7) % D;
        const lengths = Int32Array.from({ length: N }, (_, n) => n % (T + 1));
        const dOutputs = noise(4, stack.outputs.length);
        const run = () => {
          const state = stack.forward({ lengths, reverse: true, dropoutSeed: 1 });
          const outputs = digest(stack.outputs);
          stack.outputGradients.set(dOutputs);
          const initial = stack.backward();
          const all = gradients.flatMap((layer) => Object.values(layer).map(digest));
          return { kind, state, outputs, initial, all, inputs: digest(stack.inputGradients) };
        };
        const free = () => {
          stack.free();
          freeLayers(...parameters, ...gradients);
        };
        return { run, free };
      });
      await expectSameOnAllThreads(engine, () => runs.map(({ run }) => run()));
      for (const { free } of runs) free();
    },
  );

  it.each(CELLS)('%s: gives the gradients of inputs and states alone, the same bits', (cell) => {
    const parameters = [makeLayer(cell, 5, 7, 1, true), makeLayer(cell, 7, 7, 2, true)];
    const size = { ...shape, cell, parameters };
    const [all, alone] = [{ gradients: parameters.map(gradientsOf) }, { backward: true }].map((more) => {
      const stack = new RecurrentStack(engine, { ...size, ...more });
      stack.inputs.set(noise(5, stack.inputs.length));
      stack.forward();
      stack.outputGradients.set(noise(6, stack.outputs.length));
      const initial = stack.backward();
      return { initial, inputs: stack.inputGradients.slice() };
    });
    expect(alone).toEqual(all);
    expect(alone.inputs.some((value) => value !== 0)).toBe(true);
  });

  it('keeps nothing of a program for which memory is refused, and works once it is not', () => {
    const parameters = layers();
    const gradients = parameters.map(gradientsOf);
    const options = { ...shape, parameters, gradients, dropout: { between: 0.4, state: 0.2 } };
    const start = engine.memoryUsage().used;
    const stack = new RecurrentStack(engine, options);
    const run = (which: RecurrentStack) => {
      which.inputs.set(noise(5, which.inputs.length));
      which.forward({ dropoutSeed: 3 });
      which.outputGradients.set(noise(6, which.outputs.length));
      which.backward();
      return { outputs: which.outputs.slice(), inputGradients: which.inputGradients.slice() };
    };
    const before = engine.memoryUsage().used;
    const evaluations = refuseInTurn(
      engine,
      () => stack.forward({ training: false }),
      () => expect(engine.memoryUsage().used).toBe(before),
    );
    expect(evaluations).toBeGreaterThan(10);
    expect(refuseInTurn(engine, () => run(stack))).toBeGreaterThan(evaluations);
    const fresh = new RecurrentStack(engine, options);
    expect(run(stack)).toEqual(run(fresh));
    for (const each of [stack, stack, fresh]) each.free();
    expect(engine.memoryUsage().used).toBe(start);
  });

  it('has no backward pass of a forward pass that failed', () => {
    const parameters = layers();
    const stack = new RecurrentStack(engine, {
      ...shape,
      parameters,
      gradients: parameters.map(gradientsOf),
    });
    stack.forward();
    expect(() => stack.forward({ lengths: Int32Array.of(1, 2, 3, 7) })).toThrow('lengths[3]');
    expect(() => stack.backward()).toThrow('backward: expected a forward pass for training');
  });

  it('drops between layers, on outputs and on states: gradients follow the loss with the same masks', () => {
    for (const locked of [false, true]) {
      const parameters = layers();
      const gradients = parameters.map(gradientsOf);
      const dropout = { between: 0.4, output: 0.3, state: 0.2, locked };
      const stack = new RecurrentStack(engine, { ...shape, parameters, gradients, dropout });
      stack.inputs.set(noise(5, stack.inputs.length));
      const weights = noise(6, stack.outputs.length);
      const loss = () => {
        stack.forward({ dropoutSeed: 9 });
        return stack.outputs.reduce((sum, y, i) => sum + y * weights[i], 0);
      };
      loss();
      const dropped = stack.outputs.filter((y) => y === 0).length / stack.outputs.length;
      expect(dropped).toBeGreaterThan(0.1);
      expect(dropped).toBeLessThan(0.5);
      stack.outputGradients.set(weights);
      stack.backward();
      for (const [l, index] of [
        [0, 11],
        [1, 40],
      ]) {
        const weightHh = parameters[l].weightHh!;
        const original = weightHh[index];
        const change = 0.01;
        weightHh[index] = original + change;
        const above = loss();
        weightHh[index] = original - change;
        const below = loss();
        weightHh[index] = original;
        expect(gradients[l].weightHh![index]).toBeCloseTo((above - below) / (2 * change), 2);
      }
      loss();
      const before = stack.outputs.slice();
      loss();
      expect(stack.outputs).toEqual(before);
      stack.forward({ dropoutSeed: 10 });
      expect(stack.outputs).not.toEqual(before);
    }
  });

  it('names what does not fit', () => {
    const parameters = layers();
    const stack = new RecurrentStack(engine, { ...shape, parameters });
    expect(() => stack.backward()).toThrow('backward: expected a forward pass for training');
    expect(() => stack.forward({ training: true })).toThrow('training: expected false');
    expect(() => stack.forward({ lengths: Int32Array.of(1, 2, 3, 7) })).toThrow(
      'lengths[3]: expected a whole number from 0 to 6, got 7',
    );
    expect(() => stack.forward({ state: [{ h: new Float32Array(28) }] })).toThrow(
      'state: expected 2 elements',
    );
    expect(() => new RecurrentStack(engine, { ...shape, inputSize: 4, parameters })).toThrow(
      'parameters[0].weightIh: expected 112 elements ([G * H, D]), got 140',
    );
    expect(() => new RecurrentStack(engine, { ...shape, steps: 0, parameters })).toThrow(ArgumentError);
    expect(() => new RecurrentStack(engine, { ...shape, parameters, dropout: 0.9 as never })).toThrow(
      'dropout: expected an object with the options embedding, input, between, output, state, recurrentWeights, locked, got 0.9',
    );
    expect(
      () => new RecurrentStack(engine, { ...shape, parameters, dropout: { variational: true } as object }),
    ).toThrow('dropout.variational: expected the name of an option');
    expect(
      () => new RecurrentStack(engine, { ...shape, parameters: [{ ...parameters[0], biasHH: 0 } as never] }),
    ).toThrow(
      "parameters[0].biasHH: expected the name of an option, got one that is not known (did you mean 'biasHh'?)",
    );
    expect(() => stack.forward({ reversed: true } as object)).toThrow("did you mean 'reverse'?");
    expect(() => new RecurrentStack(undefined as never, { ...shape, parameters })).toThrow(
      'engine: expected an Engine, such as defaultEngine(), got undefined',
    );
  });
});
