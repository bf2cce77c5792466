import type { BatchCursor, BatchSource } from '@throughtime/contract';

/** A source whose epochs are all the same one. */
export interface RepeatedEpoch<B> extends BatchSource<B> {
  /** Where that epoch starts: fit for JSON, to be given again when a run is resumed. */
  readonly start: BatchCursor;
}

/**
 * Draws one epoch and repeats it: validation by the same batches every time is comparable from epoch to epoch, and after a
 * resume.
 */
export function repeatedEpoch<B>(
  source: BatchSource<B>,
  start: BatchCursor = source[Symbol.iterator]().cursor(),
): RepeatedEpoch<B> {
  return {
    length: source.length,
    continues: source.continues,
    start,
    from: (cursor) => source.from(cursor),
    [Symbol.iterator]: () => source.from(start),
  };
}
