/** Where in a run an update stands. */
export interface SchedulePosition {
  /** Updates done before this one, from 0. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** How much of the whole `fit` is done, in [0, 1). */
  readonly progress: number;
}

/**
 * The learning rate over a run, as a factor on the optimiser's. A schedule holds no state of its own: what it remembers
 * (M, fit for JSON) is passed in and out, so that one may serve several runs and a run can be saved.
 */
export interface Schedule<M = unknown> {
  /** What it remembers at the start. */
  readonly initial: M;
  /** The name of a schedule that does nothing unless `fit` validates, which then refuses to go on without. */
  readonly needsValidation?: string;
  /** At least 0 and finite: anything else ends training with an error before it reaches the weights. */
  factor(position: SchedulePosition, memory: M): number;
  /** What it remembers after a validation. */
  observe(memory: M, validationLoss: number): M;
}

/** A schedule that depends on the position alone. */
export function positional(factor: (position: SchedulePosition) => number): Schedule<null> {
  return { initial: null, factor, observe: () => null };
}
