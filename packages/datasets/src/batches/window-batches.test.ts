import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowBatches, windowCount } from './window-batches.js';

const range = (length: number) => Int32Array.from({ length }, (_, i) => i);

describe('windowBatches', () => {
  it('gives the 10,000 + 5,000 windows of edition 1.0, the last batch smaller', () => {
    const ids = range(20_000);
    const shape = { batchSize: 1024, steps: 32 };
    const train = windowBatches(ids, { ...shape, to: 10_000, random: Random.seeded(1) });
    const validation = windowBatches(ids, { ...shape, from: 10_000, to: 15_000 });

    const trained = [...train];
    // 10,000 = 9 * 1024 + 784
    expect(trained.map(({ batchSize }) => batchSize)).toEqual([...new Array(9).fill(1024), 784]);
    const starts = trained.flatMap(({ inputs, batchSize }) =>
      Array.from({ length: batchSize }, (_, row) => inputs[row * 32]),
    );
    expect(starts).not.toEqual([...range(10_000)]);
    expect(starts.sort((a, b) => a - b)).toEqual([...range(10_000)]);

    const validated = [...validation];
    expect(validated.map(({ batchSize }) => batchSize)).toEqual([1024, 1024, 1024, 1024, 904]);
    expect(validated[0].inputs.subarray(0, 3)).toEqual(Int32Array.of(10_000, 10_001, 10_002));
    expect(validated[4].targets.at(-1)).toBe(14_999 + 32);
    expect(train.continues || validation.continues).toBe(false);
  });

  it('takes every window with a token after it, whatever the stride', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(60),
        fc.integer({ min: 1, max: 5 }),
        (steps, stride, extra, batchSize) => {
          const ids = range(steps + 1 + extra);
          const starts = [...windowBatches(ids, { batchSize, steps, stride })].flatMap((batch) => {
            expect([...batch.targets]).toEqual([...batch.inputs].map((id) => id + 1));
            return Array.from({ length: batch.batchSize }, (_, row) => batch.inputs[row * steps]);
          });
          // range(0, len - steps, stride), as in the chapter
          const expected: number[] = [];
          for (let start = 0; start < ids.length - steps; start += stride) expected.push(start);
          expect(starts).toEqual(expected);
          expect(windowCount(ids.length, steps, stride)).toBe(expected.length);
        },
      ),
    );
  });

  it('drops a partial batch on request', () => {
    const source = windowBatches(range(20), { batchSize: 4, steps: 5, dropPartial: true });
    // 15 windows
    expect([...source].map(({ batchSize }) => batchSize)).toEqual([4, 4, 4]);
    expect(() => windowBatches(range(7), { batchSize: 4, steps: 5, dropPartial: true })).toThrow(
      'batchSize: expected at most the 2 windows taken, got 4',
    );
  });

  it('names a corpus without a window, and bounds beyond its windows', () => {
    expect(() => windowBatches(range(5), { batchSize: 4, steps: 5 })).toThrow('at least 6 tokens');
    expect(() => windowBatches(range(20), { batchSize: 4, steps: 5, to: 16 })).toThrow(
      'to: expected a whole number from 1 to 15',
    );
    expect(() => windowBatches(range(20), { batchSize: 4, steps: 5, from: 9, to: 9 })).toThrow(
      'from: expected',
    );
    expect(() => windowBatches(range(20), { batchSize: 4, steps: 5, stride: 0 })).toThrow('stride: expected');
  });
});
