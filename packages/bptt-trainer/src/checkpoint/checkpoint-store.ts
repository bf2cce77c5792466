import type { TrainerSnapshot } from './snapshot.js';

/** Where checkpoints are kept: a folder in Node (`checkpointFolder`), or anything else that can hold bytes. */
export interface CheckpointStore {
  /**
   * Saves a snapshot whole or not at all; the checkpoints before it survive a failure. The snapshot's arrays are live:
   * they may change once the promise has settled.
   * @returns where it lies, for people
   */
  save(snapshot: TrainerSnapshot): Promise<string>;
  /** The last one saved; undefined when there is none. */
  latest(): Promise<TrainerSnapshot | undefined>;
}
