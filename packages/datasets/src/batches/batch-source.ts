import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';

/** Where an epoch was interrupted: fit for JSON. */
export interface BatchCursor {
  /** State of the source's random stream at the start of the epoch; empty for a source that draws nothing. */
  readonly random: readonly number[];
  /** How many batches of the epoch were taken. */
  readonly index: number;
}

/** The batches of one epoch. */
export interface BatchIterator<B> extends IterableIterator<B> {
  /** The place after the last batch taken: {@link BatchSource.from} continues there. */
  cursor(): BatchCursor;
}

/** Batches, epoch after epoch: each iteration is an epoch of its own. */
export interface BatchSource<B> extends Iterable<B> {
  /** Batches in one epoch, where it does not depend on the offset drawn; an upper bound otherwise. */
  readonly length: number;
  /** Whether the state of one batch is the start of the next (sequential partitioning) or not (random sampling). */
  readonly continues: boolean;
  /**
   * Continues an interrupted epoch exactly. Leaves the source's own `random` alone.
   * @throws ArgumentError when the cursor is not one of this source
   */
  from(cursor: BatchCursor): BatchIterator<B>;
  /** A new epoch. Its offset and order are drawn from `random` here and now, not as batches are taken. */
  [Symbol.iterator](): BatchIterator<B>;
}

/** One epoch, once its offset and order are drawn. */
export interface Epoch<B> {
  readonly count: number;
  batch(index: number): B;
}

export interface DrawnEpochsOptions<B> {
  readonly length: number;
  readonly continues: boolean;
  readonly random: Random;
  /** Draws the offset and order of an epoch, all at once. */
  readonly draw: (random: Random) => Epoch<B>;
}

/** A {@link BatchSource} whose epochs differ by what `draw` takes from `random`. */
export function drawnEpochs<B>({ length, continues, random, draw }: DrawnEpochsOptions<B>): BatchSource<B> {
  return {
    length,
    continues,
    from: (cursor) => resume(draw(Random.fromState(cursor.random)), cursor),
    [Symbol.iterator]() {
      const start = random.state();
      return iterate(draw(random), start, 0);
    },
  };
}

/** A {@link BatchSource} whose epochs are all alike. */
export function fixedEpochs<B>(continues: boolean, epoch: Epoch<B>): BatchSource<B> {
  return {
    length: epoch.count,
    continues,
    from: (cursor) => resume(epoch, cursor),
    [Symbol.iterator]: () => iterate(epoch, [], 0),
  };
}

function resume<B>(epoch: Epoch<B>, { random, index }: BatchCursor): BatchIterator<B> {
  if (!Number.isInteger(index) || index < 0 || index > epoch.count) {
    throw new ArgumentError('cursor.index', `a whole number from 0 to ${epoch.count}`, index);
  }
  return iterate(epoch, random, index);
}

function iterate<B>(epoch: Epoch<B>, random: readonly number[], start: number): BatchIterator<B> {
  let index = start;
  return {
    next() {
      if (index >= epoch.count) return { done: true, value: undefined };
      const value = epoch.batch(index);
      index++;
      return { done: false, value };
    },
    cursor: () => ({ random, index }),
    [Symbol.iterator]() {
      return this;
    },
  };
}
