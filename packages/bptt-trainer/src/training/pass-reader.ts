import type { Random } from '@throughtime/random';
import type { BatchCursor, BatchSource, TrainingBatch } from '../batches/batch-source.js';
import { EpochReader } from '../batches/epoch-reader.js';
import type { Truncation, Window } from '../truncation/truncation.js';

/** A place between two passes: fit for JSON. */
export interface Place {
  readonly cursor: BatchCursor;
  /** The next window of the batch at the cursor. */
  readonly window: number;
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

  /** @param place where an interrupted run goes on; the start of a new epoch by default */
  constructor(source: BatchSource<B>, truncation: Truncation, place?: Place) {
    this.#source = source;
    this.#truncation = truncation;
    this.#epochs = new EpochReader(source, place?.cursor);
    this.#firstWindow = place?.window ?? 0;
  }

  /** Before any pass of the epoch was read. */
  get start(): Place {
    return { cursor: this.#epochs.cursor(), window: this.#firstWindow };
  }

  startEpoch(): void {
    this.#epochs.startEpoch();
    this.#firstWindow = 0;
  }

  /**
   * What is left of the epoch.
   * @param random for truncation that is drawn
   */
  *passes(random: Random): Generator<Pass<B>> {
    let first = this.#firstWindow;
    for (let cursor = this.#epochs.cursor(); ; cursor = this.#epochs.cursor(), first = 0) {
      const batch = this.#epochs.next();
      if (!batch) return;
      const windows = this.#truncation.windows(batch.steps, random);
      const after = this.#epochs.cursor();
      for (let i = first; i < windows.length; i++) {
        const next = i + 1 < windows.length ? { cursor, window: i + 1 } : { cursor: after, window: 0 };
        const epochDone = (cursor.index + i / windows.length) / this.#source.length;
        yield { batch, window: windows[i], next, epochDone };
      }
    }
  }
}
