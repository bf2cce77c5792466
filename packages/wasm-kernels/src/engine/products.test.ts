import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { noise, relativeError } from '../recurrent/fixtures/closeness.js';
import { Engine } from './engine.js';
import {
  addProduct,
  addRowPanels,
  addRowSums,
  type Matrix,
  padded,
  preparePanels,
  rowPanelsFrom,
  transposed,
  unaliasedStride,
} from './products.js';

const engines = [false, true].map((wideVectors) => new Engine({ threads: 2, wideVectors }));
afterAll(() => {
  for (const engine of engines) engine.dispose();
});

/** Element (i, j) of `matrix`, wherever it stands in `values`. */
const at = (values: Float32Array, matrix: Matrix, i: number, j: number) =>
  values[i * (matrix.rowStride ?? matrix.columns) + j * (matrix.columnStride ?? 1)];

describe('addProduct', () => {
  it('equals sums in double precision, whatever the strides, with bias or sums of rows', () => {
    const size = fc.integer({ min: 1, max: 40 });
    const problems = fc.record({
      ...{ m: size, n: size, k: size, gapA: fc.nat(5), gapC: fc.nat(5), seed: fc.integer() },
      turned: fc.boolean(),
      engine: fc.constantFrom(...engines),
      extra: fc.constantFrom('none', 'bias', 'beta', 'rowSums'),
    });
    fc.assert(
      fc.property(problems, ({ m, n, k, gapA, gapC, seed, turned, engine, extra }) => {
        const floats = (length: number, of: number) => {
          const view = engine.allocate(length);
          view.set(noise(seed + of, length));
          return view;
        };
        const [rows, columns] = turned ? [k, m] : [m, k];
        const a = floats(rows * (columns + gapA), 1);
        const b = floats(k * n, 2);
        const c = floats(m * (n + gapC), 3);
        const bias = floats(padded(n), 4);
        const sums = floats(m, 5);
        const [before, sumsBefore] = [c.slice(), sums.slice()];
        const stored = { address: a.byteOffset, rows, columns, rowStride: columns + gapA };
        const left = turned ? transposed(stored) : stored;
        const result = { address: c.byteOffset, rows: m, columns: n, rowStride: n + gapC };
        const beta = extra === 'beta' ? 0.5 : 0;
        const program = engine.program();
        addProduct(program, {
          a: left,
          b: preparePanels(program, b.byteOffset, { stride: n, size: k }, { stride: 1, size: n }),
          c: result,
          beta,
          ...(extra === 'bias' && { bias: bias.byteOffset }),
          ...(extra === 'rowSums' && { rowSums: sums.byteOffset }),
        });
        program.run();

        const expected = Float64Array.from(before);
        const expectedSums = Float64Array.from(sumsBefore);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = beta * before[i * (n + gapC) + j] + (extra === 'bias' ? bias[j] : 0);
            for (let l = 0; l < k; l++) sum += at(a, left, i, l) * b[l * n + j];
            expected[i * (n + gapC) + j] = sum;
          }
          if (extra !== 'rowSums') continue;
          expectedSums[i] = 0;
          for (let l = 0; l < k; l++) expectedSums[i] += at(a, left, i, l);
        }
        // Gaps are part of both: nothing but C is written.
        expect(relativeError(c, expected)).toBeLessThan(1e-5);
        expect(relativeError(sums, expectedSums)).toBeLessThan(1e-5);

        const alone = engine.program();
        addRowSums(alone, left, sums.byteOffset);
        alone.run();
        for (let i = 0; i < m; i++) {
          let sum = 0;
          for (let l = 0; l < k; l++) sum += at(a, left, i, l);
          expect(sums[i]).toBeCloseTo(sum, 3);
        }
        program.free();
        alone.free();
        for (const view of [a, b, c, bias, sums]) engine.free(view);
      }),
      { numRuns: 150 },
    );
  });
});

describe('addRowPanels', () => {
  it('packs rows once for products with any run of them', () => {
    const size = fc.integer({ min: 1, max: 40 });
    // Beyond 512 a product takes k in pieces.
    const deep = fc.oneof({ weight: 9, arbitrary: size }, { weight: 1, arbitrary: fc.constant(700) });
    const problems = fc.record({
      ...{ m: size, n: size, k: deep, above: fc.nat(20), below: fc.nat(20), seed: fc.integer() },
      engine: fc.constantFrom(...engines),
    });
    fc.assert(
      fc.property(problems, ({ m, n, k, above, below, seed, engine }) => {
        const [a, c] = [engine.allocate(m * k), engine.allocate(m * n)];
        const b = engine.allocate((above + k + below) * n);
        a.set(noise(seed, a.length));
        b.set(noise(seed + 1, b.length));
        const program = engine.program();
        const rows = { address: b.byteOffset, rows: above + k + below, columns: n };
        const panels = addRowPanels(program, rows);
        program.join();
        const { b: first, panelRows } = rowPanelsFrom(panels, above);
        const [left, result] = [
          { address: a.byteOffset, rows: m, columns: k },
          { address: c.byteOffset, rows: m, columns: n },
        ];
        addProduct(program, { a: left, b: first, panelRows, c: result });
        program.run();
        const expected = Float64Array.from(c, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          let sum = 0;
          for (let l = 0; l < k; l++) sum += a[i * k + l] * b[(above + l) * n + j];
          return sum;
        });
        expect(relativeError(c, expected)).toBeLessThan(1e-5);
        program.free();
        for (const view of [a, b, c]) engine.free(view);
      }),
      { numRuns: 200 },
    );
  });
});

describe('unaliasedStride', () => {
  it('keeps whole vectors, adds one line at most, and never gives a multiple of a kilobyte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (panels) => {
        const stride = unaliasedStride(panels * 8);
        expect(stride % 256).not.toBe(0);
        expect(stride % 8).toBe(0);
        expect([0, 16]).toContain(stride - panels * 8);
      }),
    );
  });
});
