import type { TrainingBatch } from '@throughtime/contract';
import { InvalidArgumentError } from '../errors.js';
import { copyPlainData, type PlainData, sameShape, walkArrays } from './plain-data.js';

/**
 * The recurrent state that a batch starts from: that after the batch before, where the source's batches continue one
 * another, and the initial one at an epoch's start, where they do not, and for rows that begin a new sequence.
 */
export class CarriedState<S> {
  readonly #initial: (batchSize: number) => S;
  readonly #carry: boolean;
  #kept: { readonly state: S; readonly batchSize: number } | undefined;

  constructor(initial: (batchSize: number) => S, carry: boolean) {
    this.#initial = initial;
    this.#carry = carry;
  }

  /** @throws InvalidArgumentError when the number of rows changes between batches that continue one another */
  startOf({ batchSize, starts }: TrainingBatch): S {
    if (!this.#carry || !this.#kept) return this.#initial(batchSize);
    if (this.#kept.batchSize !== batchSize) {
      throw new InvalidArgumentError(
        'batch.batchSize',
        `${this.#kept.batchSize}, as the batch before it`,
        batchSize,
      );
    }
    if (starts?.length) return withRowsOf(this.#initial(batchSize), this.#kept.state, starts, batchSize);
    return this.#kept.state;
  }

  keep(state: S, batchSize: number): void {
    this.#kept = { state, batchSize };
  }

  reset(): void {
    this.#kept = undefined;
  }

  /** For a checkpoint; undefined at the start. */
  get kept(): { readonly state: S; readonly batchSize: number } | undefined {
    return this.#kept;
  }
}

/** `state`, with the rows that start anew taken from `initial`. Arrays in both are [N, ...]. */
function withRowsOf<S>(initial: S, state: S, starts: ArrayLike<number>, batchSize: number): S {
  const mixed = copyPlainData(state as PlainData) as S;
  const fresh = walkArrays(initial as PlainData);
  const kept = walkArrays(mixed as PlainData);
  if (!sameShape(fresh, kept)) {
    throw new InvalidArgumentError(
      'batch.starts',
      'a state of the same form as initialState gives',
      'another form',
    );
  }
  kept.forEach((array, i) => {
    const width = array.length / batchSize;
    for (let row = 0; row < batchSize; row++) {
      if (!starts[row]) continue;
      for (let at = row * width; at < (row + 1) * width; at++) array[at] = fresh[i][at];
    }
  });
  return mixed;
}
