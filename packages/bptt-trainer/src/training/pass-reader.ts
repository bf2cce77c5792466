import type { BatchCursor, BatchSource, TrainingBatch } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import { EpochReader } from '../batches/epoch-reader.js';
import type { Truncation, Window } from '../truncation/truncation.js';

/** A place between two passes: fit for JSON. */
export interface Place {
  readonly cursor: BatchCursor;
  /** The next window of the batch at the cursor. */
  readonly window: number;
  /** State of the random stream that the batch's windows were drawn from; left out where none was read yet. */
  readonly windowsFrom?: readonly number[];
}

/** One window of one batch. */
export interface Pass<B> {
  readonly batch: B;
  readonly window: Window;
  /** Where the pass after this one comes from. */
  readonly next: Place;
  /** Fraction of the epoch that is done before it. */
  readonly epochDone: number;
}

/** Reads batches epoch after epoch and cuts them into windows. */
export class PassReader<B extends TrainingBatch> {
  readonly #source: BatchSource<B>;
  readonly #truncation: Truncation;
  readonly #epochs: EpochReader<B>;
  #firstWindow: number;
  /** Of the windows that an interrupted run was in: drawn again they must be the same. */
  #windowsFrom: readonly number[] | undefined;

  /** @param place where an interrupted run goes on; the start of a new epoch by default */
  constructor(source: BatchSource<B>, truncation: Truncation, place?: Place) {
    this.#source = source;
    this.#truncation = truncation;
    this.#epochs = new EpochReader(source, place?.cursor);
    this.#firstWindow = place?.window ?? 0;
    this.#windowsFrom = place?.windowsFrom;
  }

  /** Before any pass of the epoch was read. */
  get start(): Place {
    return {
      cursor: this.#epochs.cursor(),
      window: this.#firstWindow,
      ...(this.#windowsFrom && { windowsFrom: this.#windowsFrom }),
    };
  }

  startEpoch(): void {
    this.#epochs.startEpoch();
    this.#firstWindow = 0;
    this.#windowsFrom = undefined;
  }

  /**
   * What is left of the epoch.
   * @param random for truncation that is drawn
   */
  *passes(random: Random): Generator<Pass<B>> {
    let first = this.#firstWindow;
    let drawn = this.#windowsFrom;
    for (let cursor = this.#epochs.cursor(); ; cursor = this.#epochs.cursor(), first = 0) {
      const batch = this.#epochs.next();
      if (!batch) return;
      const windowsFrom = drawn ?? random.state();
      const windows = this.#truncation.windows(batch.steps, drawn ? Random.fromState(drawn) : random);
      drawn = undefined;
      const after = this.#epochs.cursor();
      for (let i = first; i < windows.length; i++) {
        const within = i + 1 < windows.length;
        const next = within ? { cursor, window: i + 1, windowsFrom } : { cursor: after, window: 0 };
        const epochDone = (cursor.index + i / windows.length) / this.#source.length;
        yield { batch, window: windows[i], next, epochDone };
      }
    }
  }
}
