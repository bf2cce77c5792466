import type { TokenBatch } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SentenceBatchesOptions, sentenceBatches, splitSentences } from './sentence-batches.js';
import { EmptyCorpusError } from './token-rows.js';

/** The sentences that a batch shows, put together again from inputs, targets and lengths. */
function sentencesOf({ inputs, targets, batchSize, steps, lengths }: TokenBatch): number[][] {
  return Array.from({ length: batchSize }, (_, row) => {
    const length = lengths![row];
    const at = row * steps;
    expect([...inputs.subarray(at + 1, at + length)]).toEqual([...targets.subarray(at, at + length - 1)]);
    return [inputs[at], ...targets.subarray(at, at + length)];
  });
}

const sorted = (sentences: number[][]) => sentences.map(String).sort();
const sentence = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 12 });

describe('sentenceBatches', () => {
  it('shows every sentence once an epoch, whole, padded to the longest of its batch', () => {
    fc.assert(
      fc.property(
        fc.array(sentence, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer(),
        (sentences, batchSize, pool, seed) => {
          const source = sentenceBatches(sentences, {
            batchSize,
            pool,
            padding: -1,
            random: Random.seeded(seed),
          });
          const batches = [...source];
          expect(batches.length).toBe(source.length);
          expect(batches.length).toBe(Math.ceil(sentences.length / batchSize));
          expect(sorted(batches.flatMap(sentencesOf))).toEqual(sorted(sentences));
          for (const { inputs, targets, steps, lengths } of batches) {
            expect(steps).toBe(Math.max(...lengths!));
            inputs.forEach((id, i) => {
              const padded = i % steps >= lengths![Math.floor(i / steps)];
              expect([id === -1, targets[i] === -1]).toEqual([padded, padded]);
            });
          }
        },
      ),
    );
  });

  it('buckets by length: far less padding than without', () => {
    const random = Random.seeded(1);
    const sentences = Array.from({ length: 2000 }, () => new Int32Array(2 + random.integer(0, 60)).fill(1));
    const padded = (options: Partial<SentenceBatchesOptions>) => {
      const batches = [
        ...sentenceBatches(sentences, { batchSize: 20, random: Random.seeded(2), ...options }),
      ];
      const all = batches.reduce((sum, { inputs }) => sum + inputs.length, 0);
      const used = batches.reduce((sum, { lengths }) => sum + lengths!.reduce((a, b) => a + b), 0);
      return (all - used) / all;
    };
    // Uniform lengths 1..60: the longest of 20 is about 58, the mean 30.5; sorted, neighbors differ by less than one.
    expect(padded({ pool: 1 })).toBeGreaterThan(0.4);
    expect(padded({})).toBeLessThan(0.03);
  });

  it('shuffles sentences and batches again each epoch, the same for the same seed, and resumes from a cursor', () => {
    const sentences = Array.from({ length: 50 }, (_, i) => new Int32Array(2 + (i % 7)).fill(i));
    const make = () => sentenceBatches(sentences, { batchSize: 4, pool: 3, random: Random.seeded(3) });
    const source = make();
    const [first, second] = [[...source], [...source]];
    expect(first).not.toEqual(second);
    expect([...make()]).toEqual(first);
    const epoch = make()[Symbol.iterator]();
    for (let i = 0; i < 5; i++) epoch.next();
    expect([...make().from(JSON.parse(JSON.stringify(epoch.cursor())))]).toEqual(first.slice(5));
    const steps = first.map((batch) => batch.steps);
    expect(steps).not.toEqual([...steps].sort((a, b) => a - b));
  });

  it('keeps the order given without random and pool, and cuts or drops on request', () => {
    const sentences = [
      [1, 2, 3],
      [4, 5],
      [6, 7, 8, 9],
    ];
    const inOrder = [...sentenceBatches(sentences, { batchSize: 2, pool: 1 })];
    expect(inOrder.flatMap(sentencesOf)).toEqual(sentences);
    expect(inOrder[0]).toEqual({
      inputs: Int32Array.of(1, 2, 4, 0),
      targets: Int32Array.of(2, 3, 5, 0),
      lengths: Int32Array.of(2, 1),
      batchSize: 2,
      steps: 2,
    });
    const cut = [...sentenceBatches(sentences, { batchSize: 3, pool: 1, maximumSteps: 2 })];
    expect(cut.flatMap(sentencesOf)).toEqual([
      [1, 2, 3],
      [4, 5],
      [6, 7, 8],
    ]);
    expect([...sentenceBatches(sentences, { batchSize: 2, dropPartial: true })]).toHaveLength(1);
  });

  it('names what it cannot use', () => {
    expect(() => sentenceBatches([], { batchSize: 1 })).toThrow(EmptyCorpusError);
    expect(() => sentenceBatches([[1, 2], [3]], { batchSize: 1 })).toThrow(
      'sentences[1]: expected at least 2 tokens',
    );
    expect(() => sentenceBatches([[1, 2]], { batchSize: 0 })).toThrow('batchSize: expected');
    expect(() => sentenceBatches([[1, 2]], { batchSize: 2, dropPartial: true })).toThrow(
      'at most the 1 sentences',
    );
    expect(() => sentenceBatches([[1, 2]], { batchSize: 1, pool: 0 })).toThrow('pool: expected');
  });
});

describe('splitSentences', () => {
  it('cuts after every end mark', () => {
    expect(splitSentences(Int32Array.of(1, 2, 0, 3, 0, 4), 0).map((each) => [...each])).toEqual([
      [1, 2, 0],
      [3, 0],
      [4],
    ]);
    expect(splitSentences(new Int32Array(0), 0)).toEqual([]);
  });

  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3)), (ids) => {
        const sentences = splitSentences(Int32Array.from(ids), 0);
        expect(sentences.flatMap((each) => [...each])).toEqual(ids);
        for (const each of sentences.slice(0, -1))
          expect([each.at(-1), each.indexOf(0)]).toEqual([0, each.length - 1]);
      }),
    );
  });
});
