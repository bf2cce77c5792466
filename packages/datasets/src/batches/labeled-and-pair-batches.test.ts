import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labeledBatches } from './labeled-batches.js';
import { pairBatches } from './pair-batches.js';
import { EmptyCorpusError } from './token-rows.js';

const tokens = (minLength: number) => fc.array(fc.integer({ min: 1, max: 99 }), { minLength, maxLength: 6 });
const options = fc.record({
  batchSize: fc.integer({ min: 1, max: 5 }),
  pool: fc.integer({ min: 1, max: 3 }),
});

/** Row `row` of [N, T], cut to its length; what lies beyond must be padding. */
function rowOf(ids: Int32Array, steps: number, row: number, length: number, padding: number): number[] {
  const whole = [...ids.slice(row * steps, (row + 1) * steps)];
  expect(whole.slice(length)).toEqual(new Array(steps - length).fill(padding));
  return whole.slice(0, length);
}

describe('labeledBatches', () => {
  it.each([true, false])(
    'shows every sequence once an epoch with its labels; one per token: %s',
    (ofSteps) => {
      const examples = fc.array(
        tokens(1).map((ids) => ({ tokens: ids, label: ofSteps ? ids.map((id) => id % 7) : ids.length })),
        { minLength: 1, maxLength: 20 },
      );
      fc.assert(
        fc.property(examples, options, fc.integer(), (all, sizes, seed) => {
          const shown: string[] = [];
          const source = labeledBatches(all, { ...sizes, random: Random.seeded(seed), padding: 100 });
          expect(source.continues).toBe(false);
          for (const { batchSize, steps, inputs, targets, lengths } of source) {
            expect(Math.max(...lengths)).toBe(steps);
            expect(targets.length).toBe(ofSteps ? batchSize * steps : batchSize);
            for (let row = 0; row < batchSize; row++) {
              const label = ofSteps ? rowOf(targets, steps, row, lengths[row], 0) : targets[row];
              shown.push(JSON.stringify({ tokens: rowOf(inputs, steps, row, lengths[row], 100), label }));
            }
          }
          expect(shown.sort()).toEqual(all.map((example) => JSON.stringify(example)).sort());
        }),
      );
    },
  );

  it('names what it cannot use', () => {
    expect(() => labeledBatches([], { batchSize: 1 })).toThrow(EmptyCorpusError);
    expect(() => labeledBatches([{ tokens: [], label: 0 }], { batchSize: 1 })).toThrow('examples[0].tokens');
    const mixed = [
      { tokens: [1], label: 0 },
      { tokens: [1], label: [0] },
    ];
    expect(() => labeledBatches(mixed, { batchSize: 1 })).toThrow('examples[1].label: expected one label');
    expect(() => labeledBatches(mixed.toReversed(), { batchSize: 1 })).toThrow(
      'expected one label per token',
    );
    expect(() => labeledBatches([{ tokens: [1, 2], label: [0] }], { batchSize: 1 })).toThrow(
      'examples[0].label.length: expected 2',
    );
    for (const label of [1.5, -1, Number.NaN]) {
      expect(() => labeledBatches([{ tokens: [1], label }], { batchSize: 1 })).toThrow(
        `examples[0].label: expected a class, a whole number of at least 0, got ${label}`,
      );
      expect(() => labeledBatches([{ tokens: [1, 2], label: [0, label] }], { batchSize: 1 })).toThrow(
        'examples[0].label[1]: expected a class',
      );
      expect(() => labeledBatches([{ tokens: [1, label], label: 0 }], { batchSize: 1 })).toThrow(
        'examples[0].tokens[1]: expected a token id',
      );
    }
    expect(() => labeledBatches(mixed.slice(0, 1), { batchSize: 1, shuffle: true } as never)).toThrow(
      ArgumentError,
    );
  });
});

describe('pairBatches', () => {
  it('shows every pair once an epoch: targets shifted by one, sources whole', () => {
    const pairs = fc.array(fc.record({ source: tokens(1), target: tokens(2) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(pairs, options, fc.integer(), (all, sizes, seed) => {
        const shown: string[] = [];
        const source = pairBatches(all, { ...sizes, random: Random.seeded(seed) });
        for (const batch of source) {
          const { batchSize, steps, lengths, sources, sourceSteps, sourceLengths } = batch;
          expect([Math.max(...lengths), Math.max(...sourceLengths)]).toEqual([steps, sourceSteps]);
          for (let row = 0; row < batchSize; row++) {
            const read = rowOf(batch.inputs, steps, row, lengths[row], 0);
            const predicted = rowOf(batch.targets, steps, row, lengths[row], 0);
            expect(read.slice(1)).toEqual(predicted.slice(0, -1));
            const from = rowOf(sources, sourceSteps, row, sourceLengths[row], 0);
            shown.push(JSON.stringify({ source: from, target: [read[0], ...predicted] }));
          }
        }
        expect(shown.sort()).toEqual(all.map((pair) => JSON.stringify(pair)).sort());
      }),
    );
  });

  it('names what it cannot use', () => {
    expect(() => pairBatches([], { batchSize: 1 })).toThrow(EmptyCorpusError);
    expect(() => pairBatches([{ source: [], target: [1, 2] }], { batchSize: 1 })).toThrow('pairs[0].source');
    expect(() => pairBatches([{ source: [1], target: [1, -1] }], { batchSize: 1 })).toThrow(
      'pairs[0].target[1]',
    );
    expect(() => pairBatches([{ source: ['a'] as never, target: [1, 1] }], { batchSize: 1 })).toThrow(
      'pairs[0].source[0]',
    );
    expect(() => pairBatches([{ source: [1], target: [1] }], { batchSize: 1 })).toThrow(
      'pairs[0].target: expected at least 2 tokens, got 1',
    );
  });
});
