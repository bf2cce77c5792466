import type { BatchCursor } from '@throughtime/contract';
import type { UpdaterMemory } from '../optimizers/weight-updater.js';
import type { Place } from '../training/pass-reader.js';
import type { DataArray } from '../training/plain-data.js';

export interface SnapshotTensor {
  readonly shape: readonly number[];
  readonly data: DataArray;
}

/** What a run remembers beside arrays: fit for JSON. */
export interface RunMemory {
  /** The epoch in progress, from 1. */
  readonly epoch: number;
  /** Where in the epoch the next pass comes from. */
  readonly place: Place;
  /** State of the trainer's random stream. */
  readonly random: readonly number[];
  /** Which rule the optimiser's slots belong to. */
  readonly rule: string;
  readonly updater: UpdaterMemory;
  readonly schedule: unknown;
  /** Of the last update. */
  readonly learningRate: number;
  /** The epoch so far. */
  readonly lossSum: number;
  readonly predictions: number;
  readonly seconds: number;
  /** Where the epoch that every validation repeats starts; null without validation. */
  readonly validation: BatchCursor | null;
  /** The best validation; null before the first. */
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  /** Validations since then. */
  readonly sinceBest: number;
  /** The carried state without its arrays, and how many rows it has; null at an epoch's start. */
  readonly carried: { readonly json: unknown; readonly batchSize: number } | null;
}

/**
 * Everything that a run is, at the moment between two updates. Arrays are by name: 'parameter/NAME', 'optimizer/NAME/SLOT',
 * 'state/INDEX', 'best/NAME'. The parameters are those that train, also where the model holds averages or its best weights.
 */
export interface TrainerSnapshot {
  readonly memory: RunMemory;
  readonly tensors: ReadonlyMap<string, SnapshotTensor>;
}
