import type { BatchCursor, BatchIterator, BatchSource } from '@throughtime/contract';
import { ArgumentError, type Check, check, inWords } from '@throughtime/errors';

/** A source, or a list of batches that do not continue one another, taken in order every epoch. */
export type Batches<B> = BatchSource<B> | readonly B[];

/** The check of an option that must be {@link Batches}. */
export const batchesCheck: Check<Batches<never>> = check(
  'a list of batches or a batch source',
  (value) =>
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && 'from' in value && Symbol.iterator in value),
);

/** @throws ArgumentError */
export function asSource<B>(argument: string, batches: Batches<B>): BatchSource<B> {
  batchesCheck(argument, batches);
  return 'from' in batches ? batches : listSource(batches);
}

/** As {@link asSource}, for what needs at least one batch. */
export function nonEmptySource<B>(argument: string, batches: Batches<B>): BatchSource<B> {
  const source = asSource(argument, batches);
  if (source.length === 0) throw new ArgumentError(argument, 'at least one batch', inWords('none'));
  return source;
}

function listSource<B>(batches: readonly B[]): BatchSource<B> {
  const from = ({ index }: BatchCursor): BatchIterator<B> => {
    let at = index;
    return {
      next: () =>
        at < batches.length ? { done: false, value: batches[at++] } : { done: true, value: undefined },
      cursor: () => ({ random: [], index: at }),
      [Symbol.iterator]() {
        return this;
      },
    };
  };
  return {
    length: batches.length,
    continues: false,
    from,
    [Symbol.iterator]: () => from({ random: [], index: 0 }),
  };
}

/** A source whose epochs are all the same one. */
export interface RepeatedEpoch<B> extends BatchSource<B> {
  /** Where that epoch starts: fit for JSON, and given again when a run is resumed. */
  readonly start: BatchCursor;
}

/** Draws one epoch and repeats it. Validation on the same batches every time is comparable, across a resume too. */
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
