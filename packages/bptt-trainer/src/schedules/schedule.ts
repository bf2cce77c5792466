import { type Check, callback, withMethods } from '@throughtime/errors';

/** Where in a run an update stands. */
export interface SchedulePosition {
  /** Updates done before this one, from 0. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** How much of the whole `fit` is done, in [0, 1). */
  readonly progress: number;
  /** This update among all of the `fit`. Left out where the truncation draws how many updates each batch makes. */
  readonly plan?: UpdatePlan;
}

/**
 * How many updates a `fit` makes, and how many of them come before this one. Exact where every batch has as many windows as the
 * batch at hand, and estimated otherwise.
 */
export interface UpdatePlan {
  /** Updates of the whole run. */
  readonly updates: number;
  /** Updates that were made before this one. */
  readonly before: number;
}

/**
 * The learning rate over a run, as a factor on the optimizer's. A schedule holds no state of its own: its memory is passed in and
 * out, so one schedule may serve several runs and a run can be saved.
 *
 * @typeParam M what it remembers, fit for JSON
 */
export interface Schedule<M = unknown> {
  /** What it remembers at the start. */
  readonly initial: M;
  /** The schedule's name, if it does nothing without validation: `fit` then refuses to train without. */
  readonly needsValidation?: string;
  /** At least 0 and finite. Anything else ends training with an error before it reaches the weights. */
  factor(position: SchedulePosition, memory: M): number;
  /** What it remembers after a validation. */
  observe(memory: M, validationLoss: number): M;
}

/** The check of an option that must be a {@link Schedule}. */
export const scheduleCheck: Check<Schedule> = withMethods<Schedule>('a schedule, such as cosine()', [
  'factor',
  'observe',
]);

/** A schedule that depends on the position only. */
export function positional(factor: (position: SchedulePosition) => number): Schedule<null> {
  callback('factor', factor);
  return { initial: null, factor, observe: () => null };
}

/** The optimizer's learning rate throughout; the default. */
export function constant(): Schedule<null> {
  return positional(() => 1);
}
