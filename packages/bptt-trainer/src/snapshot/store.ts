import { type OptionChecks, required, whole, withMethods } from '@throughtime/errors';
import type { TrainerSnapshot } from './snapshot.js';

/** Keeps checkpoints: a folder in Node (`checkpointFolder`), or anything else that can hold bytes. */
export interface CheckpointStore {
  /**
   * Saves a snapshot whole or not at all; a failure leaves the checkpoints before it. The snapshot's arrays are live: they
   * may change once the promise has settled.
   * @returns where it is, for people to read
   */
  save(snapshot: TrainerSnapshot): Promise<string>;
  /** The last one saved; undefined when there is none. */
  latest(): Promise<TrainerSnapshot | undefined>;
}

/** Where checkpoints go, and how often. */
export interface CheckpointOptions {
  /** Keeps them: `checkpointFolder(path)` in Node, or one of your own. */
  readonly store: CheckpointStore;
  /** Updates from one checkpoint to the next. Default: none within an epoch. */
  readonly everySteps?: number;
  /** Epochs from one checkpoint to the next. Default 1. */
  readonly everyEpochs?: number;
}

export const checkpointChecks: OptionChecks<CheckpointOptions> = {
  store: required(
    withMethods<CheckpointStore>('a checkpoint store, such as checkpointFolder(path)', ['save', 'latest']),
  ),
  everySteps: whole({ from: 1 }),
  everyEpochs: whole({ from: 1 }),
};
