import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pennTreebankBatches } from './penn-treebank-batches.js';

const range = (length: number) => Int32Array.from({ length }, (_, i) => i);

describe('pennTreebankBatches', () => {
  it('has the batches of the small configuration: ((929,589 // 20) - 1) // 20 = 2,323 an epoch', () => {
    expect(pennTreebankBatches(range(929_589), { batchSize: 20, steps: 20 }).length).toBe(2_323);
    // Validation: 73,760 // 20 = 3,688 columns; the test runs one word at a time.
    expect(pennTreebankBatches(range(73_760), { batchSize: 20, steps: 20 }).length).toBe(184);
    expect(pennTreebankBatches(range(82_430), { batchSize: 1, steps: 1 }).length).toBe(82_429);
  });

  it('lays the corpus out as (N, length // N), without offset or shuffle', () => {
    const batches = [...pennTreebankBatches(range(20), { batchSize: 2, steps: 3 })];
    expect(batches.map(({ inputs }) => [...inputs])).toEqual([
      [0, 1, 2, 10, 11, 12],
      [3, 4, 5, 13, 14, 15],
      [6, 7, 8, 16, 17, 18],
    ]);
    expect([...batches[2].targets]).toEqual([7, 8, 9, 17, 18, 19]);
  });

  it('has the count and places of the reference for every length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(80),
        (batchSize, steps, extra) => {
          const ids = range(batchSize * (steps + 1) + extra);
          const source = pennTreebankBatches(ids, { batchSize, steps });
          const columns = Math.floor(ids.length / batchSize);
          const batches = [...source];
          expect(batches.length).toBe(Math.floor((columns - 1) / steps));
          expect(source.continues).toBe(true);
          batches.forEach(({ inputs, targets }, index) => {
            for (let row = 0; row < batchSize; row++) {
              for (let step = 0; step < steps; step++) {
                const place = row * columns + index * steps + step;
                expect(inputs[row * steps + step]).toBe(place);
                expect(targets[row * steps + step]).toBe(place + 1);
              }
            }
          });
        },
      ),
    );
  });

  it('is the same every epoch, and continues from a cursor', () => {
    const source = pennTreebankBatches(range(50), { batchSize: 2, steps: 4 });
    expect([...source]).toEqual([...source]);
    const epoch = source[Symbol.iterator]();
    epoch.next();
    expect(epoch.cursor()).toEqual({ random: [], index: 1 });
    expect([...source.from(epoch.cursor())]).toEqual([...epoch]);
  });

  it('names a corpus that fills no batch', () => {
    expect(() => pennTreebankBatches(range(7), { batchSize: 2, steps: 3 })).toThrow('at least 8 tokens');
  });
});
