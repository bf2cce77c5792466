import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { noise } from '../recurrent/fixtures/closeness.js';
import { map } from './map.js';

const engine = new Engine({ threads: 2 });
const plain = new Engine({ threads: 1, simd: 'plain' });
afterAll(() => {
  engine.dispose();
  plain.dispose();
});

const FUNCTIONS = {
  exp: Math.exp,
  tanh: Math.tanh,
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
} as const;

/** How far `actual` is from `expected` in units of the last place of a float32 as large as `expected`. */
function ulps(actual: number, expected: number): number {
  if (Object.is(actual, Math.fround(expected))) return 0;
  if (!Number.isFinite(actual) || !Number.isFinite(Math.fround(expected))) return Number.POSITIVE_INFINITY;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(expected))));
  return Math.abs(actual - expected) / 2 ** (exponent - 23);
}

/** Floats of every size and sign (every 8191st of all there are), and closely where the functions bend and end. */
function samples(): Float32Array {
  const everywhere = new Float32Array(
    Uint32Array.from({ length: 2 ** 19 }, (_, i) => Math.imul(i, 8191)).buffer,
  );
  const ranges = [110, 95, 20, 4, 1, 1e-3].flatMap((scale, i) => [...noise(i, 20_000, scale)]);
  const special = [
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    88.7228,
    88.73,
    -103.9,
    -104,
  ];
  return Float32Array.from([...everywhere, ...ranges, ...special]);
}

describe.each(Object.entries(FUNCTIONS))('%s', (name, f) => {
  it('is within 4 units in the last place over all of float32, plain and relaxed', () => {
    const values = samples();
    for (const each of [engine, plain]) {
      const source = each.allocate(values.length);
      const target = each.allocate(values.length);
      source.set(values);
      map(each, name as keyof typeof FUNCTIONS, source, target);
      let worst = 0;
      for (const [i, x] of values.entries()) {
        const error = Number.isNaN(x) && Number.isNaN(target[i]) ? 0 : ulps(target[i], f(x));
        if (!(error <= worst)) worst = error;
      }
      expect(worst).toBeLessThan(4);
    }
  });

  it('works in place, on any length', () => {
    for (const length of [0, 1, 2, 3, 5, 8193]) {
      const view = engine.allocate(length);
      view.set(noise(length, length));
      const expected = [...view].map((x) => f(x));
      map(engine, name as keyof typeof FUNCTIONS, view, view);
      for (const [i, y] of view.entries()) expect(y).toBeCloseTo(expected[i], 6);
    }
  });
});

describe('map', () => {
  it('knows its functions by name only', () => {
    const view = engine.allocate(4);
    expect(() => map(engine, 'cosh' as 'exp', view, view)).toThrow(
      "f: expected one of 'exp', 'sigmoid', 'tanh', got 'cosh'",
    );
    expect([...view]).toEqual([0, 0, 0, 0]);
    expect(() => map(engine, 'exp', view, undefined as never)).toThrow('target: expected a Float32Array');
  });
});
