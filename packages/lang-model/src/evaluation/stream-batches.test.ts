import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmptySequenceError } from '../errors.js';
import { evaluateStreams } from './evaluate-streams.js';
import { streamBatches } from './stream-batches.js';

const shapes = fc.record({
  length: fc.integer({ min: 2, max: 200 }),
  streams: fc.integer({ min: 1, max: 20 }),
  steps: fc.integer({ min: 1, max: 30 }),
});

const counting = (length: number) => Int32Array.from({ length }, (_, i) => i);

describe('streamBatches', () => {
  it('predicts every id but the first exactly once, from the one before it', () => {
    fc.assert(
      fc.property(shapes, ({ length, streams, steps }) => {
        const predicted: number[] = [];
        for (const { inputs, targets, lengths, batchSize, steps: T } of streamBatches(counting(length), {
          streams,
          steps,
        }))
          for (let i = 0; i < batchSize * T; i++) {
            if (lengths && i % T >= lengths[Math.floor(i / T)]) continue;
            expect(targets[i]).toBe(inputs[i] + 1);
            predicted.push(targets[i]);
          }
        expect(predicted.sort((a, b) => a - b)).toEqual([...counting(length)].slice(1));
      }),
    );
  });

  it('continues each row where the batch before left it', () => {
    fc.assert(
      fc.property(shapes, ({ length, streams, steps }) => {
        const batches = streamBatches(counting(length), { streams, steps });
        const next = Int32Array.from({ length: batches.streams }, (_, row) => row * batches.columns);
        for (const { inputs, lengths, steps: T } of batches)
          next.forEach((expected, row) => {
            const valid = lengths ? lengths[row] : T;
            if (valid > 0) expect(inputs[row * T]).toBe(expected);
            next[row] += valid;
          });
      }),
    );
  });

  it('starts again from a cursor', () => {
    const batches = streamBatches(counting(50), { streams: 3, steps: 4 });
    const iterator = batches[Symbol.iterator]();
    iterator.next();
    expect([...batches.from(iterator.cursor())]).toEqual([...batches].slice(1));
    expect([...batches].length).toBe(batches.length);
  });

  it('refuses a text without predictions', () => {
    expect(() => streamBatches(counting(1), { streams: 1, steps: 1 })).toThrow(EmptySequenceError);
  });
});

describe('evaluateStreams', () => {
  /** Predicts the sum of its last `memory` tokens: the loss is 0 where it has read them all. */
  const model = (memory: number) => ({
    initialState: (batchSize: number) => Array.from({ length: batchSize }, (): number[] => []),
    evaluate(
      batch: { inputs: Int32Array; lengths?: Int32Array; batchSize: number; steps: number },
      state: number[][],
    ) {
      let [loss, predictions] = [0, 0];
      const after = state.map((read, row) => {
        const valid = batch.lengths ? batch.lengths[row] : batch.steps;
        const tokens = [...read];
        for (let t = 0; t < valid; t++) {
          tokens.push(batch.inputs[row * batch.steps + t]);
          if (tokens.length < memory) loss++;
          predictions++;
        }
        return tokens;
      });
      return { loss: loss / Math.max(1, predictions), predictions, state: after };
    },
  });

  it('gives every stream the context before it', async () => {
    // Without warm-up each of 4 streams lacks context for its first 2 tokens; with it only the first stream does.
    const ids = counting(81);
    expect((await evaluateStreams(model(3), ids, { streams: 4, warmUp: 0 })).loss).toBeCloseTo(8 / 80, 12);
    const warm = await evaluateStreams(model(3), ids, { streams: 4, warmUp: 5 });
    expect(warm.loss).toBeCloseTo(2 / 80, 12);
    expect(warm.tokens).toBe(80);
  });

  it('stops when aborted', async () => {
    const signal = AbortSignal.abort();
    await expect(evaluateStreams(model(1), counting(50), { signal })).rejects.toThrow(signal.reason);
  });
});
