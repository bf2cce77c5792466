import type { LayerState } from '@throughtime/contract';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { bestSimd, type Simd } from '../engine/binary.js';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { Workspace } from '../engine/workspace.js';
import { LINEAR } from '../generated/commands.js';
import { noise, relativeError } from './fixtures/closeness.js';
import {
  CELLS,
  freeParameters,
  makeProblem,
  named,
  oracle,
  sizes,
} from './fixtures/language-model-problem.js';
import { addInt8Rows, fromInt8Rows, type Int8Rows, toInt8Rows } from './int8-rows.js';
import { LanguageModelStepper } from './language-model-stepper.js';

/** Every variant that this platform has. */
const variants: readonly Simd[] = bestSimd() === 'plain' ? ['plain'] : ['plain', 'relaxed'];
const engines = new Map(variants.map((simd) => [simd, new Engine({ threads: 2, simd })]));
const engine = [...engines.values()].at(-1)!;
afterAll(() => {
  for (const each of engines.values()) each.dispose();
});

const back = (rows: Int8Rows) => {
  const values = new Float32Array(rows.bytes.length);
  fromInt8Rows(rows, values);
  return values;
};

describe('toInt8Rows', () => {
  const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }))
    .chain(([columns, rows]) =>
      fc
        .array(finite, { minLength: rows * columns, maxLength: rows * columns })
        .map((values) => ({ columns, values: Float32Array.from(values) })),
    );

  it('comes within half a step of each weight, and to the last bit of what it made itself', () => {
    fc.assert(
      fc.property(matrices, ({ columns, values }) => {
        const rows = toInt8Rows(values, columns);
        const rounded = back(rows);
        for (const [i, value] of values.entries()) {
          const scale = rows.scales[Math.floor(i / columns)];
          expect(Math.abs(rows.bytes[i])).toBeLessThanOrEqual(127);
          expect(Math.abs(rounded[i] - value)).toBeLessThanOrEqual(scale * 0.5001);
        }
        const again = toInt8Rows(rounded, columns);
        expect(back(again)).toEqual(rounded);
      }),
      { numRuns: 500 },
    );
  });

  it('gives a row of zeros, and the largest number of all', () => {
    const most = (2 - 2 ** -23) * 2 ** 127;
    const rows = toInt8Rows(Float32Array.of(0, 0, most, -most), 2);
    expect([...rows.bytes]).toEqual([0, 0, 127, -127]);
    expect(rows.scales[0]).toBe(0);
    expect(back(rows).every(Number.isFinite)).toBe(true);
  });

  it('names what it cannot round', () => {
    expect(() => toInt8Rows(Float32Array.of(1, Number.NaN), 2)).toThrow(
      'values[1]: expected a finite number, got NaN',
    );
    expect(() => toInt8Rows(new Float32Array(5), 2)).toThrow(
      'values: expected whole rows of 2 elements, got 5',
    );
    expect(() => toInt8Rows([1] as never, 1)).toThrow('values: expected a Float32Array');
  });
});

/** To the nearest whole number, of two the even one. */
function nearest(x: number): number {
  const below = Math.floor(x);
  if (x - below === 0.5) return below % 2 === 0 ? below : below + 1;
  return Math.round(x);
}

/** The kernel's product, whose sums are exact, as float32 and float64 give it here. */
function product({ bytes, scales }: Int8Rows, x: Float32Array, bias?: Float32Array): Float32Array {
  const most = x.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0);
  const factor = most > 0 ? Math.fround(8191 / most) : 0;
  const numbers = Array.from(x, (value) => nearest(Math.fround(value * factor)));
  return scales.map((scale, r) => {
    const sum = numbers.reduce((total, number, i) => total + number * bytes[r * x.length + i], 0);
    return Math.fround(sum * (scale * Math.fround(most / 8191))) + (bias?.[r] ?? 0);
  });
}

function linear(on: Engine, weights: Float32Array, given: Float32Array, bias?: Float32Array): Float32Array {
  const workspace = new Workspace(on);
  const input = workspace.float32(given.length);
  input.set(given);
  const rows = weights.length / given.length;
  const output = workspace.float32(rows);
  const added = workspace.float32(rows);
  if (bias) added.set(bias);
  const program = on.program();
  program.add(LINEAR, {
    weights: addInt8Rows(workspace, weights, given.length),
    bias: bias ? added.byteOffset : 0,
    input: input.byteOffset,
    output: output.byteOffset,
    outputStride: rows,
    count: 1,
    rows,
    depth: given.length,
    int8: 1,
  });
  program.run();
  const result = output.slice();
  program.free();
  workspace.free();
  return result;
}

describe.each([...engines])('a matrix of bytes times a vector, %s', (_, on) => {
  it('has the bits of exact sums, for any shape', () => {
    const shapes = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(shapes, fc.integer(), fc.boolean(), ([rows, columns], seed, biased) => {
        const weights = noise(seed, rows * columns);
        const x = noise(seed + 1, columns, 3);
        const bias = biased ? noise(seed + 2, rows) : undefined;
        expect(linear(on, weights, x, bias)).toEqual(product(toInt8Rows(weights, columns), x, bias));
      }),
      { numRuns: 200 },
    );
  });

  it('does not overflow with the largest bytes and the most columns', () => {
    for (const columns of [8192, 8193, 30_001, 65_520]) {
      const weights = new Float32Array(5 * columns).fill(0.5);
      const x = new Float32Array(columns).fill(-2);
      const sums = linear(on, weights, x);
      expect(sums).toEqual(product(toInt8Rows(weights, columns), x));
      expect(Math.abs(sums[4] / columns + 1)).toBeLessThan(1e-4);
    }
  });

  it('shows NaN and infinity, and takes a vector of zeros', () => {
    const weights = noise(1, 40);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (const at of [0, 7])
        expect(linear(on, weights, noise(2, 8).with(at, bad)).some(Number.isFinite)).toBe(false);
    expect([...linear(on, weights, new Float32Array(8))]).toEqual([0, 0, 0, 0, 0]);
    const tiny = linear(on, weights, new Float32Array(8).fill(2 ** -140));
    expect(tiny.every(Number.isFinite)).toBe(true);
  });

  it('gives the same bits for any number of threads', async () => {
    const [weights, x] = [noise(3, 1100 * 70), noise(4, 70)];
    await expectSameOnAllThreads(on, () => linear(on, weights, x));
  });
});

describe.each(CELLS)('LanguageModelStepper with int8 weights, %s', (cell) => {
  it('gives the probabilities and states that rounded weights have in double precision', () => {
    fc.assert(
      fc.property(sizes(cell), fc.integer(), (shape, seed) => {
        const size = { ...shape, N: 1 };
        const problem = makeProblem(engine, size, seed, false);
        const { cell: kind, V, H, E, T } = size;
        const columns = (name: string) => {
          if (name === 'embedding') return E;
          return name === 'weightIh0' ? E || V : H;
        };
        for (const [name, view] of named(problem.parameters))
          if (!/bias/i.test(name)) fromInt8Rows(toInt8Rows(view, columns(name)), view);
        const model = { cell: kind, vocabularySize: V, hiddenSize: H, embeddingSize: E };
        const { parameters } = problem;
        const stepper = new LanguageModelStepper(engine, { ...model, parameters, int8: true });
        let state: LayerState[] = problem.state;
        let loss = 0;
        for (let t = 0; t < T; t++) {
          state = stepper.advance(state, problem.inputs[t]);
          const target = problem.targets[t];
          if (target >= 0) loss -= stepper.logProbabilities(state)[target];
        }
        const expected = oracle(problem);
        expect(Math.abs(loss - expected.loss)).toBeLessThan(2e-3 * Math.max(1, expected.loss));
        for (const [l, { h, c }] of state.entries()) {
          expect(relativeError(h, expected.states[l].h)).toBeLessThan(5e-3);
          if (c) expect(relativeError(c, expected.states[l].c)).toBeLessThan(5e-3);
        }
        stepper.free();
        freeParameters(engine, problem.parameters);
      }),
      { numRuns: 200, ...(cell === 'rnn-relu' ? { seed: 3 } : {}) },
    );
  });
});

it('threads do not change the bits of a stepper with int8 weights', async () => {
  const states = CELLS.map((cell) => {
    const { parameters } = makeProblem(engine, { cell, N: 1, T: 5, V: 30, H: 27, E: 9, L: 2 }, 12, false);
    const size = { cell, vocabularySize: 30, hiddenSize: 27, embeddingSize: 9 };
    const stepper = new LanguageModelStepper(engine, { ...size, parameters, int8: true });
    return () => {
      let state = stepper.initialState();
      for (const token of [3, 1, 4]) state = stepper.advance(state, token);
      return { state, next: stepper.logProbabilities(state).slice() };
    };
  });
  await expectSameOnAllThreads(engine, () => states.map((run) => run()));
});

it('a stepper with int8 weights names a size that the kernels have no room for', () => {
  const [weightIh, outputWeight] = [engine.allocate(2 * 70_000), engine.allocate(70_000)];
  const parameters = { layers: [{ weightIh }], outputWeight };
  const size = { cell: 'mingru', vocabularySize: 1, hiddenSize: 70_000 } as const;
  expect(() => new LanguageModelStepper(engine, { ...size, parameters, int8: true })).toThrow(
    'hiddenSize: expected at most 65520 with int8 weights, got 70000',
  );
});
