import type { BatchCursor, BatchIterator, BatchSource } from '@throughtime/contract';
import { whole } from '@throughtime/errors';
import { Random } from '@throughtime/random';

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
  whole({ from: 0, to: epoch.count })('cursor.index', index);
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
