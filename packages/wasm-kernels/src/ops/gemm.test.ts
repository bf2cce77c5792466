import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { EngineMemoryError } from '../engine/errors.js';
import { noise } from '../recurrent/fixtures/closeness.js';
import { gemm } from './gemm.js';
import { map } from './map.js';

const dimension = fc.integer({ min: 1, max: 70 });
const depth = fc.oneof(
  { weight: 9, arbitrary: dimension },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 1100 }) },
); // beyond one block of k, too
const columns = fc.oneof(
  { weight: 3, arbitrary: dimension },
  { weight: 1, arbitrary: fc.integer({ min: 120, max: 160 }) },
); // rows are packed for many
const gap = fc.integer({ min: 0, max: 9 });

describe.each(['plain', 'relaxed'] as const)('gemm, %s SIMD', (simd) => {
  // Node 20 has no relaxed SIMD: its engine is tested by later versions.
  const supported = simd === 'plain' || new Engine({ threads: 1 }).simd === 'relaxed';
  const engine = new Engine({ threads: 2, simd: supported ? simd : 'plain' });
  afterAll(() => engine.dispose());

  it('equals sums in double precision: all orientations, strides, alpha and beta', () => {
    const problems = fc.record({
      m: dimension,
      n: columns,
      k: depth,
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      gaps: fc.tuple(gap, gap, gap),
      alpha: fc.constantFrom(1, 1, 0.5, -2),
      beta: fc.constantFrom(0, 1, 0.25),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(problems, ({ m, n, k, transposeA, transposeB, gaps, alpha, beta, seed }) => {
        const rowStrideA = (transposeA ? m : k) + gaps[0];
        const rowStrideB = (transposeB ? k : n) + gaps[1];
        const rowStrideC = n + gaps[2];
        const make = (rows: number, stride: number, offset: number) => {
          const view = engine.allocate(rows * stride);
          view.set(noise(seed + offset, view.length));
          return view;
        };
        const a = make(transposeA ? k : m, rowStrideA, 1);
        const b = make(transposeB ? n : k, rowStrideB, 2);
        const c = make(m, rowStrideC, 3);
        if (beta === 0) c.fill(Number.NaN); // must not be read
        const before = c.slice();
        gemm(engine, {
          a,
          b,
          c,
          m,
          n,
          k,
          transposeA,
          transposeB,
          rowStrideA,
          rowStrideB,
          rowStrideC,
          alpha,
          beta,
        });
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < rowStrideC; j++) {
            const at = i * rowStrideC + j;
            if (j >= n) {
              expect(Object.is(c[at], before[at])).toBe(true); // gaps stay as they are
              continue;
            }
            let sum = 0;
            let magnitude = Math.abs(beta === 0 ? 0 : beta * before[at]);
            for (let q = 0; q < k; q++) {
              const left = transposeA ? a[q * rowStrideA + i] : a[i * rowStrideA + q];
              const term = left * (transposeB ? b[j * rowStrideB + q] : b[q * rowStrideB + j]);
              sum += term;
              magnitude += Math.abs(alpha * term);
            }
            const expected = alpha * sum + (beta === 0 ? 0 : beta * before[at]);
            if (!(Math.abs(c[at] - expected) <= 2e-6 * magnitude)) {
              expect(c[at], `c[${i}, ${j}]`).toBe(expected);
            }
          }
        }
        for (const view of [a, b, c]) engine.free(view);
      }),
      { numRuns: 200 },
    );
  });

  it('takes empty products', () => {
    const c = engine.allocate(6).fill(3);
    const [a, b] = [engine.allocate(0), engine.allocate(0)];
    gemm(engine, { a, b, c, m: 2, n: 3, k: 0, beta: 1 });
    expect([...c]).toEqual([3, 3, 3, 3, 3, 3]);
    gemm(engine, { a, b, c, m: 2, n: 3, k: 0 });
    expect([...c]).toEqual([0, 0, 0, 0, 0, 0]);
    gemm(engine, { a, b, c, m: 0, n: 3, k: 5 });
  });

  it('reads neither A nor B where alpha is 0, as BLAS does', () => {
    const awkward = fc.array(fc.constantFrom(Number.NaN, Infinity, -Infinity, 1), {
      minLength: 12,
      maxLength: 12,
    });
    const zero = fc.constantFrom(0, -0, 1e-50);
    fc.assert(
      fc.property(awkward, awkward, zero, fc.constantFrom(0, 1, -2), (left, right, alpha, beta) => {
        const [a, b, c] = [engine.allocate(6), engine.allocate(6), engine.allocate(4).fill(3)];
        a.set(left.slice(0, 6));
        b.set(right.slice(0, 6));
        gemm(engine, { a, b, c, m: 2, n: 2, k: 3, alpha, beta });
        expect([...c]).toEqual(new Array(4).fill(3 * beta + 0));
        for (const view of [a, b, c]) engine.free(view);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses arrays that were freed by name, even when their memory was given away again', () => {
    for (const name of ['a', 'b', 'c'] as const) {
      const arrays = { a: engine.allocate(4), b: engine.allocate(4), c: engine.allocate(4) };
      const run = () => gemm(engine, { ...arrays, m: 2, n: 2, k: 2 });
      run();
      const part = arrays[name].subarray(1);
      engine.free(arrays[name]);
      const refusal = `${name}: expected an array that is still allocated, got one that was freed`;
      expect(run).toThrow(ArgumentError);
      expect(run).toThrow(refusal);
      const other = engine.allocate(4);
      expect(other.byteOffset).toBe(arrays[name].byteOffset);
      expect(run).toThrow(refusal);
      expect(() => engine.free(arrays[name])).toThrow(EngineMemoryError);
      engine.free(other);
      expect(() => map(engine, 'tanh', part, part)).toThrow('expected an array that is still allocated');
      for (const view of Object.values(arrays)) if (view !== arrays[name]) engine.free(view);
    }
  });

  it('names what does not fit', () => {
    const view = engine.allocate(6);
    const good = { a: view, b: view, c: view, m: 2, n: 2, k: 3 };
    expect(() => gemm(engine, { ...good, k: 4 })).toThrow('a: expected at least 8 elements (a), got 6');
    expect(() => gemm(engine, { ...good, rowStrideC: 1 })).toThrow(
      'rowStrideC: expected a whole number of at least 2',
    );
    expect(() => gemm(engine, { ...good, m: -1 })).toThrow(ArgumentError);
    expect(() => gemm(engine, { ...good, c: new Float32Array(4) })).toThrow(
      'c: expected an array in this engine',
    );
    expect(() => gemm(engine, { ...good, transposea: true } as never)).toThrow("did you mean 'transposeA'?");
    expect(() => (gemm as (engine: Engine) => void)(engine)).toThrow(
      'options: expected an object with the options a, b, c,',
    );
  });
});
