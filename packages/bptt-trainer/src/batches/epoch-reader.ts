import type { BatchCursor, BatchIterator, BatchSource } from '@throughtime/contract';
import { Random } from '@throughtime/random';

/**
 * Reads a source epoch after epoch such that the cursor alone tells how to go on, through this epoch and all later ones.
 * The first epoch is drawn by the source itself, from its own random stream; each later one starts from a random state
 * forked from that at which the epoch before started.
 */
export class EpochReader<B> {
  readonly #source: BatchSource<B>;
  #epoch: BatchIterator<B>;

  constructor(source: BatchSource<B>, cursor?: BatchCursor) {
    this.#source = source;
    this.#epoch = cursor ? source.from(cursor) : source[Symbol.iterator]();
  }

  /** The place after the last batch taken. */
  cursor(): BatchCursor {
    return this.#epoch.cursor();
  }

  /** The next batch, undefined at the epoch's end. */
  next(): B | undefined {
    const { done, value } = this.#epoch.next();
    return done ? undefined : value;
  }

  /** Begins the next epoch. */
  startEpoch(): void {
    const { random } = this.cursor();
    this.#epoch =
      random.length === 0
        ? this.#source[Symbol.iterator]()
        : this.#source.from({ random: Random.fromState(random).fork().state(), index: 0 });
  }
}
