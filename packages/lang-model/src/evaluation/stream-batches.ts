import { EmptySequenceError } from '../errors.js';
import { requireInteger } from '../options.js';
import type { TokenBatch } from '../recurrent/executor.js';

export interface StreamBatchesOptions {
  /** N: into how many parallel streams the text is cut. Fewer are made of a text with fewer predictions. */
  readonly streams: number;
  /** T: steps of a batch. */
  readonly steps: number;
}

/** Batches that continue one another; a trainer takes them as its validation. */
export interface StreamBatches extends Iterable<TokenBatch> {
  /** N, as many streams as were made. */
  readonly streams: number;
  /** Predictions of a stream; the last may have fewer. */
  readonly columns: number;
  /** How many batches. */
  readonly length: number;
  readonly continues: true;
  from(cursor: { readonly index: number }): StreamBatchIterator;
  [Symbol.iterator](): StreamBatchIterator;
}

interface StreamBatchIterator extends IterableIterator<TokenBatch> {
  cursor(): { readonly random: readonly number[]; readonly index: number };
}

/**
 * A text laid out for evaluation: N streams of neighbouring text, always the same, in which every id but the first is
 * predicted exactly once. (Training batches skip a random offset and drop what does not fill a batch.) The last stream may be
 * shorter, which `lengths` says.
 * @throws EmptySequenceError when there are fewer than two ids
 */
export function streamBatches(ids: Int32Array, { streams, steps }: StreamBatchesOptions): StreamBatches {
  requireInteger('streams', streams, 1);
  requireInteger('steps', steps, 1);
  const predictions = ids.length - 1;
  if (predictions < 1)
    throw new EmptySequenceError(`ids: expected at least 2 to predict any from another, got ${ids.length}`);
  const columns = Math.ceil(predictions / Math.min(streams, predictions));
  const rows = Math.ceil(predictions / columns);
  const count = Math.ceil(columns / steps);

  const from = ({ index }: { readonly index: number }): StreamBatchIterator => {
    let at = index;
    return {
      next: () =>
        at < count
          ? { done: false, value: batchAt(ids, rows, columns, steps, at++) }
          : { done: true, value: undefined },
      cursor: () => ({ random: [], index: at }),
      [Symbol.iterator]() {
        return this;
      },
    };
  };
  return {
    streams: rows,
    columns,
    length: count,
    continues: true,
    from,
    [Symbol.iterator]: () => from({ index: 0 }),
  };
}

function batchAt(ids: Int32Array, rows: number, columns: number, steps: number, index: number): TokenBatch {
  const predictions = ids.length - 1;
  const start = index * steps;
  const width = Math.min(steps, columns - start);
  const inputs = new Int32Array(rows * width);
  const targets = new Int32Array(rows * width);
  const lengths = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const first = row * columns + start;
    const length = Math.max(0, Math.min(width, (row + 1) * columns - first, predictions - first));
    inputs.set(ids.subarray(first, first + length), row * width);
    targets.set(ids.subarray(first + 1, first + 1 + length), row * width);
    lengths[row] = length;
  }
  const full = lengths.every((length) => length === width);
  return { inputs, targets, batchSize: rows, steps: width, ...(!full && { lengths }) };
}
