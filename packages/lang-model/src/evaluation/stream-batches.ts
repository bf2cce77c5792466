import type { BatchCursor, BatchIterator, BatchSource, TokenBatch } from '@throughtime/contract';
import { ArgumentError, checkOptions, required, whole } from '@throughtime/errors';
import { tokenIds } from '../checks.js';
import { EmptySequenceError } from '../errors.js';

/** How a text is cut into streams. */
export interface StreamBatchesOptions {
  /** N: into how many parallel streams the text is cut. A text with fewer predictions gets fewer. */
  readonly streams: number;
  /** T: steps of a batch. */
  readonly steps: number;
}

/** Batches that continue one another; a trainer takes them as its validation. */
export interface StreamBatches extends BatchSource<TokenBatch> {
  /** N, as many streams as were made. */
  readonly streams: number;
  /** Predictions of a stream; the last may have fewer. */
  readonly columns: number;
  readonly continues: true;
}

/**
 * A text laid out for evaluation: N streams of neighboring text, always the same, in which every id but the first is
 * predicted exactly once. (Training batches skip a random offset and drop what does not fill a batch.) The last stream may be
 * shorter, which `lengths` says.
 * @throws EmptySequenceError when there are fewer than two ids; ArgumentError naming the option, or for what is no list of ids
 */
export function streamBatches(ids: ArrayLike<number>, options: StreamBatchesOptions): StreamBatches {
  checkOptions<StreamBatchesOptions>(options, {
    streams: required(whole({ from: 1 })),
    steps: required(whole({ from: 1 })),
  });
  const { streams, steps } = options;
  const tokens = tokenIds('ids', ids);
  const predictions = tokens.length - 1;
  if (predictions < 1)
    throw new EmptySequenceError('ids', 'at least 2 to predict any from another', ids.length);
  const columns = Math.ceil(predictions / Math.min(streams, predictions));
  const rows = Math.ceil(predictions / columns);
  const count = Math.ceil(columns / steps);

  const from = ({ index }: BatchCursor): BatchIterator<TokenBatch> => {
    let at = whole({ from: 0, to: count })('cursor.index', index);
    return {
      next: () =>
        at < count
          ? { done: false, value: batchAt(tokens, rows, columns, steps, at++) }
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
    from(cursor) {
      if (cursor.random.length > 0) throw new ArgumentError('cursor.random', 'nothing drawn', cursor.random);
      return from(cursor);
    },
    [Symbol.iterator]: () => from({ random: [], index: 0 }),
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
