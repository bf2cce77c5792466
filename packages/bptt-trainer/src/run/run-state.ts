import type { BatchCursor } from '@throughtime/contract';
import { noUpdates, type UpdaterMemory } from '../optimizers/weight-updater.js';
import type { CarriedState } from './carried-state.js';
import { type LossSum, noLosses } from './losses.js';
import type { Place } from './passes.js';
import { noValidations, type Validations } from './validations.js';

/**
 * Where a run stands: everything that training changes, beside the weights and the optimizer's arrays. Plain data, never written
 * into but replaced, so that an earlier state stays what it was.
 *
 * @typeParam S the model's recurrent state
 */
export interface RunState<S> {
  /** The epoch in progress, from 1. */
  readonly epoch: number;
  /** Where in the epoch the pass after the last update comes from. */
  readonly place: Place;
  /** State of the trainer's random stream. */
  readonly random: readonly number[];
  readonly updater: UpdaterMemory;
  /** What the schedule remembers. */
  readonly schedule: unknown;
  /** Of the last update; 0 before the first. */
  readonly learningRate: number;
  /** Of the epoch so far. */
  readonly losses: LossSum;
  /** Spent training in the epoch so far. */
  readonly seconds: number;
  /** Where the epoch that every validation repeats starts; null without validation. */
  readonly validation: BatchCursor | null;
  readonly validations: Validations;
  /** The recurrent state after the last pass; null at the start of an epoch. */
  readonly carried: CarriedState<S> | null;
}

/** The state before the first update. */
export function initialState<S>({
  updater = noUpdates,
  ...start
}: Pick<RunState<S>, 'place' | 'random' | 'schedule' | 'validation'> & {
  readonly updater?: UpdaterMemory | undefined;
}): RunState<S> {
  return {
    ...start,
    epoch: 1,
    ...freshEpoch,
    updater,
    learningRate: 0,
    validations: noValidations,
  };
}

/** What every epoch starts with. */
export const freshEpoch = { losses: noLosses, seconds: 0, carried: null };
