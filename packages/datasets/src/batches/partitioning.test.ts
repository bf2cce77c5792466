import type { TokenBatch } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pennTreebankBatches } from './penn-treebank-batches.js';
import { randomBatches } from './random-batches.js';
import { sequentialBatches } from './sequential-batches.js';
import { CorpusTooShortError, EmptyCorpusError } from './token-rows.js';

const range = (length: number) => Int32Array.from({ length }, (_, i) => i);
const rows = (values: Int32Array, steps: number) =>
  Array.from({ length: values.length / steps }, (_, row) => [
    ...values.subarray(row * steps, (row + 1) * steps),
  ]);

/** A corpus that is its own positions, so that every token says where it was cut, and a shape that it can fill. */
const cases = fc
  .record({
    batchSize: fc.integer({ min: 1, max: 7 }),
    steps: fc.integer({ min: 1, max: 9 }),
    extra: fc.nat(150),
    seed: fc.integer(),
  })
  .map(({ batchSize, steps, extra, seed }) => ({
    batchSize,
    steps,
    seed,
    ids: range(batchSize * steps + 1 + extra),
  }));

function expectShiftedRuns(batch: TokenBatch, batchSize: number, steps: number) {
  expect([batch.batchSize, batch.steps]).toEqual([batchSize, steps]);
  expect(batch.inputs.length).toBe(batchSize * steps);
  expect([...batch.targets]).toEqual([...batch.inputs].map((id) => id + 1));
  for (const row of rows(batch.inputs, steps)) expect(row).toEqual(row.map((_, i) => row[0] + i));
}

describe('sequentialBatches', () => {
  it('gives 3 batches of 2 from range(35) with 5 steps', () => {
    const source = sequentialBatches(range(35), { batchSize: 2, steps: 5, random: Random.seeded(1) });
    expect(source.length).toBe(3);
    expect(source.continues).toBe(true);
    for (let epoch = 0; epoch < 50; epoch++) {
      const batches = [...source];
      // Offsets 0 to 4 leave 15 columns or more; offset 5 leaves ((35 - 5 - 1) // 2) = 14, which are 2 batches.
      expect(batches.length).toBe(batches[0].inputs[0] === 5 ? 2 : 3);
    }
  });

  it('has the count and layout of the chapter, and every row continues in the next batch', () => {
    fc.assert(
      fc.property(cases, ({ ids, batchSize, steps, seed }) => {
        const source = sequentialBatches(ids, { batchSize, steps, random: Random.seeded(seed) });
        const batches = [...source];
        const offset = batches[0].inputs[0];
        expect(offset).toBeLessThanOrEqual(steps);
        // The chapter's Python: num_tokens = ((len - offset - 1) // B) * B; columns = num_tokens / B.
        const columns = Math.floor((ids.length - offset - 1) / batchSize);
        expect(batches.length).toBe(Math.floor(columns / steps));
        expect(batches.length).toBeLessThanOrEqual(source.length);
        batches.forEach((batch, index) => {
          expectShiftedRuns(batch, batchSize, steps);
          rows(batch.inputs, steps).forEach((row, b) => {
            expect(row[0]).toBe(offset + b * columns + index * steps);
          });
        });
      }),
    );
  });

  it('draws every offset from 0 to steps, about equally often', () => {
    const source = sequentialBatches(range(200), { batchSize: 2, steps: 5, random: Random.seeded(2) });
    const counts = new Array(6).fill(0);
    for (let epoch = 0; epoch < 6000; epoch++) counts[source[Symbol.iterator]().next().value!.inputs[0]]++;
    // Binomial(6000, 1/6): standard deviation 29; five of them.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(145);
  });

  it('works on the shortest corpus that fills a batch, and names a shorter one', () => {
    const options = { batchSize: 3, steps: 4, random: Random.seeded(3) };
    for (let epoch = 0; epoch < 20; epoch++)
      expect([...sequentialBatches(range(13), options)].length).toBe(1);
    expect(() => sequentialBatches(range(12), options)).toThrow(CorpusTooShortError);
    for (const ids of [[...range(30)], undefined, 'text', Float32Array.of(1, 2)])
      for (const batches of [
        () => sequentialBatches(ids as never, options),
        () => randomBatches(ids as never, options),
        () => pennTreebankBatches(ids as never, { batchSize: 3, steps: 4 }),
      ])
        expect(batches).toThrow(/^ids: expected an Int32Array, got /);
    expect(() => sequentialBatches(range(12), options)).toThrow(
      'ids: expected at least 13 tokens, for one batch of 3 rows of 4 steps, got 12',
    );
    expect(() => sequentialBatches(range(0), options)).toThrow(EmptyCorpusError);
  });

  it('names an option that cannot be', () => {
    const random = Random.seeded(4);
    expect(() => sequentialBatches(range(9), { batchSize: 0, steps: 1, random })).toThrow(
      'batchSize: expected a whole number of at least 1, got 0',
    );
    expect(() => sequentialBatches(range(9), { batchSize: 1, steps: 1.5, random })).toThrow(
      'steps: expected',
    );
  });
});

describe('randomBatches', () => {
  it('gives 3 batches of 2 from range(35) with 5 steps, whatever the offset', () => {
    const source = randomBatches(range(35), { batchSize: 2, steps: 5, random: Random.seeded(1) });
    expect(source.length).toBe(3);
    expect(source.continues).toBe(false);
    for (let epoch = 0; epoch < 50; epoch++) expect([...source].length).toBe(3);
  });

  it('has the count of the chapter and never shows a token twice in an epoch', () => {
    fc.assert(
      fc.property(cases, ({ ids, batchSize, steps, seed }) => {
        const source = randomBatches(ids, { batchSize, steps, random: Random.seeded(seed) });
        const batches = [...source];
        const starts = batches.flatMap((batch) => rows(batch.inputs, steps).map((row) => row[0]));
        const offset = starts[0] % steps;
        // The chapter's Python: num_subseqs = (len - offset - 1) // steps; num_batches = num_subseqs // B.
        expect(batches.length).toBe(Math.floor(Math.floor((ids.length - offset - 1) / steps) / batchSize));
        expect(batches.length).toBeLessThanOrEqual(source.length);
        expect(starts.every((start) => start % steps === offset)).toBe(true);
        expect(new Set(starts).size).toBe(starts.length);
        for (const batch of batches) expectShiftedRuns(batch, batchSize, steps);
      }),
    );
  });

  it('draws every offset from 0 to steps - 1, and subsequences in every order', () => {
    const source = randomBatches(range(21), { batchSize: 1, steps: 5, random: Random.seeded(2) });
    const offsets = new Array(5).fill(0);
    const firsts = new Map<number, number>();
    for (let epoch = 0; epoch < 5000; epoch++) {
      const [first] = source;
      offsets[first.inputs[0] % 5]++;
      firsts.set(first.inputs[0], (firsts.get(first.inputs[0]) ?? 0) + 1);
    }
    // Binomial(5000, 1/5): standard deviation 28; five of them.
    for (const count of offsets) expect(Math.abs(count - 1000)).toBeLessThan(142);
    // Offset 0 leaves 4 subsequences, offsets 1 to 4 leave 3 each.
    expect(firsts.size).toBe(4 + 4 * 3);
  });

  it('works on the shortest corpus that fills a batch, and names a shorter one', () => {
    const options = { batchSize: 3, steps: 4, random: Random.seeded(3) };
    for (let epoch = 0; epoch < 20; epoch++) expect([...randomBatches(range(13), options)].length).toBe(1);
    expect(() => randomBatches(range(12), options)).toThrow(CorpusTooShortError);
    expect(() => randomBatches(range(0), options)).toThrow('ids: expected tokens, got none');
  });
});
