import type { BatchCursor, BatchIterator, BatchSource, TrainingBatch } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import type { Truncation, Window } from '../truncation/truncation.js';

/** A place between two passes: fit for JSON. */
export interface Place {
  readonly cursor: BatchCursor;
  /** The next window of the batch at the cursor. */
  readonly window: number;
  /** State of the random stream that the batch's windows were drawn from; left out before the batch was read. */
  readonly windowsFrom?: readonly number[];
}

/** One window of one batch. */
export interface Pass<B> {
  readonly batch: B;
  readonly window: Window;
  /** Where the pass after this one comes from. */
  readonly next: Place;
  /** Fraction of the epoch that is done before this pass. */
  readonly epochDone: number;
  /**
   * Windows that may end with an update: of the epoch, if every batch has as many as this one, and up to this pass. Undefined where
   * windows are drawn at random, so that nobody knows how many will come.
   */
  readonly updateWindows: { readonly inEpoch: number; readonly done: number } | undefined;
}

/**
 * Reads batches epoch after epoch, and cuts them into windows. A place alone tells how to continue, through this epoch and all
 * later ones. The source draws the first epoch from its own random stream. Each later epoch starts from a random state
 * that is forked from the one at which the epoch before started.
 */
export class PassReader<B extends TrainingBatch> {
  readonly #source: BatchSource<B>;
  readonly #truncation: Truncation;
  #epoch: BatchIterator<B>;
  /** Where {@link passes} begins. */
  #start: Place;

  /** @param place where an interrupted run continues. Default: the start of a new epoch */
  constructor(source: BatchSource<B>, truncation: Truncation, place?: Place) {
    this.#source = source;
    this.#truncation = truncation;
    this.#epoch = place ? source.from(place.cursor) : source[Symbol.iterator]();
    this.#start = place ?? { cursor: this.#epoch.cursor(), window: 0 };
  }

  get start(): Place {
    return this.#start;
  }

  startEpoch(): void {
    const { random } = this.#epoch.cursor();
    this.#epoch =
      random.length === 0
        ? this.#source[Symbol.iterator]()
        : this.#source.from({ random: Random.fromState(random).fork().state(), index: 0 });
    this.#start = { cursor: this.#epoch.cursor(), window: 0 };
  }

  /**
   * The rest of the epoch.
   * @param random draws the windows of a truncation that is random
   */
  *passes(random: Random): Generator<Pass<B>> {
    // The windows that an interrupted run was in are drawn again, from the same state.
    let { window: first, windowsFrom: drawn } = this.#start;
    for (let cursor = this.#epoch.cursor(); ; cursor = this.#epoch.cursor(), first = 0) {
      const { done, value: batch } = this.#epoch.next();
      if (done) return;
      const windowsFrom = drawn ?? random.state();
      const drawnFrom = drawn ? Random.fromState(drawn) : random;
      const windows = this.#truncation.windows(batch.steps, drawnFrom);
      const atRandom = drawnFrom.state().some((word, i) => word !== windowsFrom[i]);
      drawn = undefined;
      const after = this.#epoch.cursor();
      const updates = windows.filter(({ update }) => update).length;
      let updatesDone = cursor.index * updates;
      for (const { update } of windows.slice(0, first)) if (update) updatesDone++;
      for (let i = first; i < windows.length; i++) {
        if (windows[i].update) updatesDone++;
        const within = i + 1 < windows.length;
        const next = within ? { cursor, window: i + 1, windowsFrom } : { cursor: after, window: 0 };
        const epochDone = (cursor.index + i / windows.length) / this.#source.length;
        const updateWindows = atRandom
          ? undefined
          : { inEpoch: this.#source.length * updates, done: updatesDone };
        yield { batch, window: windows[i], next, epochDone, updateWindows };
      }
    }
  }
}
