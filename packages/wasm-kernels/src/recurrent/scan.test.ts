// minGRU and minLSTM beyond what the tests of all cells draw: extreme sums, NaN, few rows, long sequences.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { type Cell, cellLayout } from './cell.js';
import { CompiledStack } from './compiled-stack.js';
import { digest, noise, relativeError } from './fixtures/closeness.js';
import { runLayer } from './fixtures/layer-oracle.js';
import { RecurrentStack } from './recurrent-stack.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

/** A layer whose gates' sums are its bias alone, one unit for each triple. */
function layerOfSums(cell: Cell, sums: readonly (readonly number[])[], T: number) {
  const H = sums.length;
  const { gates } = cellLayout(cell);
  const biasIh = engine.allocate(gates * H);
  for (const [j, unit] of sums.entries()) for (let g = 0; g < gates; g++) biasIh[g * H + j] = unit[g];
  const parameters = { weightIh: engine.allocate(gates * H), biasIh };
  const gradients = { weightIh: engine.allocate(gates * H), biasIh: engine.allocate(gates * H) };
  const shape = { cell, inputSize: 1, hiddenSize: H, batchSize: 1, steps: T };
  const stack = new RecurrentStack(engine, { ...shape, parameters: [parameters], gradients: [gradients] });
  return {
    stack,
    parameters,
    gradients,
    free: () => {
      stack.free();
      for (const each of [parameters, gradients]) for (const view of Object.values(each)) engine.free(view);
    },
  };
}

const cells = ['mingru', 'minlstm'] as const;

describe.each(cells)('%s', (cell) => {
  it('equals the oracle for sums from -300 to 300, each unit to its own digits', () => {
    const sum = fc.integer({ min: -2400, max: 2400 }).map((n) => n / 8);
    const unit = fc.tuple(
      sum,
      sum,
      fc.integer({ min: -80, max: 80 }).map((n) => n / 8),
    );
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 21 }), fc.integer(), (units, seed) => {
        const T = 3;
        const H = units.length;
        // The candidate's sum is the last, of whichever gates there are.
        const { gates } = cellLayout(cell);
        const sums = units.map((triple) => [...triple.slice(0, gates - 1), triple[2]]);
        const { stack, parameters, gradients, free } = layerOfSums(cell, sums, T);
        const h0 = noise(seed, H);
        const dOutputs = noise(seed + 1, T * H);
        const expected = runLayer({
          ...{ cell, N: 1, T, D: 1, H, ...parameters, inputs: new Float32Array(T), h0 },
          c0: new Float32Array(H),
        });
        const wanted = expected.backward(dOutputs, new Float32Array(H), new Float32Array(H));
        const [state] = stack.forward({ state: [{ h: h0 }] });
        for (let j = 0; j < H; j++) {
          expect(Math.abs(state.h[j] - expected.h[j])).toBeLessThan(
            4e-6 * Math.max(1, Math.abs(expected.h[j])),
          );
        }
        stack.outputGradients.set(dOutputs);
        const [initial] = stack.backward();
        expect(relativeError(initial.h, wanted.h0)).toBeLessThan(1e-4);
        for (const [i, gradient] of gradients.biasIh.entries()) {
          // A gate's gradient is a factor of the difference of state and candidate, which may cancel.
          const size = Math.max(Math.abs(h0[i % H]), Math.abs(expected.h[i % H]));
          expect(Math.abs(gradient - wanted.biasIh[i]), `${i}`).toBeLessThan(
            1e-5 * Math.abs(wanted.biasIh[i]) + 2e-6 * size,
          );
        }
        free();
      }),
      { numRuns: 200 },
    );
  });

  it('keeps numbers apart from NaN and infinity: none hides, none spreads to other units', () => {
    const { gates } = cellLayout(cell);
    const finite = Array.from({ length: gates }, () => 0.5);
    for (let g = 0; g < gates; g++) {
      const { stack, free } = layerOfSums(cell, [finite, finite.with(g, Number.NaN), finite], 4);
      const [{ h }] = stack.forward();
      expect(h[1]).toBeNaN();
      expect(h[0]).toBe(h[2]);
      expect(h[0]).toBeGreaterThan(0);
      stack.outputGradients.fill(1);
      const [before] = stack.backward();
      expect(Number.isFinite(before.h[0])).toBe(true);
      free();
    }
    for (const gate of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const { stack, free } = layerOfSums(cell, [finite.with(0, gate)], 2);
      const [{ h }] = stack.forward({ state: [{ h: Float32Array.of(2) }] });
      // minGRU's z keeps or replaces the state whole, and so does minLSTM's f of 0; an f of 1 shares with i.
      const i = 1 / (1 + Math.exp(-0.5));
      const step = (state: number) => (state + i) / (1 + i);
      const shared = step(step(2));
      const whole = (cell === 'mingru') === gate > 0 ? 1 : 2;
      expect(h[0]).toBeCloseTo(cell === 'minlstm' && gate > 0 ? shared : whole, 5);
      free();
    }
  });

  it('leaves zeros in the padding of its states, whose sums of 0 would make a candidate', () => {
    const { gates } = cellLayout(cell);
    const [V, H, N, T] = [3, 5, 2, 4];
    const ids = engine.allocateInt32(N * T);
    const parameters = [{ weightIh: engine.allocate(gates * H * V) }];
    parameters[0].weightIh.set(noise(1, parameters[0].weightIh.length));
    const input = { kind: 'one-hot', ids: ids.byteOffset } as const;
    const size = { cell, inputSize: V, hiddenSize: H, batchSize: N, steps: T };
    const stack = new CompiledStack(engine, { ...size, input, parameters });
    const program = engine.program().fill((commands) => {
      stack.addForward(commands, { training: false });
      return commands;
    });
    stack.begin({ lengths: 0, training: false, seed: 0 });
    program.run();
    const { states, stateStride } = stack.layers[0];
    const after = states.subarray(N * stateStride);
    for (const [i, h] of after.entries()) expect(h === 0, `${i}`).toBe(i % stateStride >= H);
    program.free();
    stack.free();
  });
});

describe('the scan', () => {
  it('gives the same bits for any number of threads, however few the rows and columns', async () => {
    const runs = cells.flatMap((cell) =>
      [
        [1, 9, 5, 270],
        [2, 7, 5, 8],
        [3, 6, 4, 41],
        [21, 5, 3, 16],
      ].map(([N, T, D, H]) => {
        const { gates } = cellLayout(cell);
        const fill = (seed: number, length: number) => {
          const view = engine.allocate(length);
          view.set(noise(seed, length));
          return view;
        };
        const parameters = [{ weightIh: fill(1, gates * H * D), biasIh: fill(2, gates * H) }];
        const gradients = [{ weightIh: fill(3, gates * H * D), biasIh: fill(4, gates * H) }];
        const shape = { cell, inputSize: D, hiddenSize: H, batchSize: N, steps: T };
        const stack = new RecurrentStack(engine, { ...shape, parameters, gradients });
        stack.inputs.set(noise(5, stack.inputs.length));
        const lengths = Int32Array.from({ length: N }, (_, n) => T - (n % 2));
        return () => {
          const state = stack.forward({ lengths });
          stack.outputGradients.set(noise(6, stack.outputs.length));
          const before = stack.backward();
          const all = gradients.flatMap((layer) => Object.values(layer).map(digest));
          return { state, outputs: digest(stack.outputs), before, all, dx: digest(stack.inputGradients) };
        };
      }),
    );
    await expectSameOnAllThreads(engine, () => runs.map((run) => run()));
  });

  it('takes no more memory after 10,000 steps, in long sequences and in short ones', () => {
    const long = layerOfSums('minlstm', [[0.5, 1, 0.1]], 10_000);
    const short = layerOfSums('mingru', [[0.5, 1]], 4);
    const pass = ({ stack }: typeof long) => {
      stack.forward();
      stack.outputGradients.fill(1);
      stack.backward();
    };
    for (const each of [long, short]) pass(each);
    const before = engine.memoryUsage();
    for (let i = 0; i < 3; i++) pass(long);
    for (let i = 0; i < 2500; i++) pass(short);
    expect(engine.memoryUsage()).toEqual(before);
    for (const each of [long, short]) each.free();
  });

  it('refuses what only cells with a recurrent product have', () => {
    const weightIh = engine.allocate(2);
    const shape = { cell: 'mingru', inputSize: 1, hiddenSize: 1, batchSize: 1, steps: 1 } as const;
    const view = engine.allocate(2);
    const make = (layer: object, options: object = {}) =>
      new RecurrentStack(engine, { ...shape, parameters: [{ weightIh, ...layer }], ...options });
    const reason = "none for cell 'mingru', whose gates see the input only, got one";
    expect(() => make({ weightHh: view })).toThrow(`parameters[0].weightHh: expected ${reason}`);
    expect(() => make({ biasHh: view })).toThrow(`parameters[0].biasHh: expected ${reason}`);
    expect(() => make({}, { cell: 'rnn-tanh' })).toThrow('parameters[0].weightHh: expected a Float32Array');
    expect(() => make({}, { dropout: { state: 0.5 } })).toThrow(
      "dropout.state: expected 0 for cell 'mingru', which has no recurrent product, got 0.5",
    );
    const masks = { stateMasks: [Float32Array.of(1)] };
    expect(() => make({}).forward(masks)).toThrow(
      "stateMasks: expected none for cell 'mingru', which has no recurrent product, got some",
    );
  });
});
