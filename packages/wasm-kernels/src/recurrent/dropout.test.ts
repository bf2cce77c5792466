import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { DropoutMasks } from './dropout.js';
import { digest } from './fixtures/closeness.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

const LENGTH = 60_000;
const RATE = 0.4;

/** Two masks, of two streams, that follow from a seed. */
function masks(seed: number): Float32Array[] {
  const drawn = new DropoutMasks();
  const program = engine.program();
  const all = [0, 1].map(() => drawn.draw(program, LENGTH, RATE));
  drawn.seed(seed);
  program.run();
  const copies = all.map((mask) => mask.slice());
  program.free();
  return copies;
}

/** The correlation of a[i] with b[i + shift], both 0 with probability RATE. */
function correlation(a: Float32Array, b: Float32Array, shift: number): number {
  const from = Math.max(0, -shift);
  const to = LENGTH - Math.max(0, shift);
  let sum = 0;
  for (let i = from; i < to; i++) sum += (a[i] > 0 ? RATE : RATE - 1) * (b[i + shift] > 0 ? RATE : RATE - 1);
  return sum / (to - from) / (RATE * (1 - RATE));
}

/** Correlations of independent masks have a standard deviation of 0.0041: one in five million is beyond this. */
const CHANCE = 0.0215;

describe('a dropout mask', () => {
  it('drops at the rate, and makes up for it', () => {
    for (const mask of masks(1)) {
      const dropped = mask.filter((value) => value === 0).length / LENGTH;
      expect(Math.abs(dropped - RATE)).toBeLessThan(0.01); // five standard deviations
      expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - Math.fround(RATE)))]));
    }
  });

  it('follows from its seed', () => {
    expect(masks(77).map(digest)).toEqual(masks(77).map(digest));
  });

  it('has nothing to do with those of other seeds and streams, at any small shift', () => {
    for (const [seed, other] of [
      [0, 1],
      [100, 101],
      [100, 102],
      [7, -7],
      [5, 5 + 2 ** 16],
      [2 ** 31 - 1, 2 ** 31],
    ]) {
      const [[a], [b]] = [masks(seed), masks(other)];
      for (let shift = -16; shift <= 16; shift++) {
        expect(Math.abs(correlation(a, b, shift)), `${seed}, ${other}, ${shift}`).toBeLessThan(CHANCE);
      }
    }
    const [a, second] = masks(100);
    for (let shift = -16; shift <= 16; shift++) {
      expect(Math.abs(correlation(a, second, shift)), `${shift}`).toBeLessThan(CHANCE);
      if (shift) expect(Math.abs(correlation(a, a, shift)), `${shift}`).toBeLessThan(CHANCE);
    }
  });
});
