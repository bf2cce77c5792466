import type { TruncationCapability } from '@throughtime/contract';
import { type Check, withMethods } from '@throughtime/errors';
import type { Random } from '@throughtime/random';

/** One pass of the model over the steps [start, end) of a batch. */
export interface Window {
  /** The first step of the pass. */
  readonly start: number;
  /** The step after the last one. */
  readonly end: number;
  /** Losses count from this step on; through the steps before it gradients only flow back. */
  readonly lossFrom: number;
  /** The carried state is the one before this step, where the next window starts. */
  readonly carryAt: number;
  /** Whether gradients are computed; otherwise the window runs forward only. */
  readonly backward: boolean;
  /** Factor on the gradient at each boundary between steps inside the window. */
  readonly gradientScale: number;
  /** Whether the weights may be updated after the window; otherwise its gradient is added to the next one's. */
  readonly update: boolean;
  /**
   * Factor on the learning rate of that update; an update of several windows takes their mean. Not applied with 'sum-over-time',
   * because the sum grows with the window's length by itself.
   */
  readonly rateFactor: number;
}

/**
 * How far back in time gradients flow, and how often weights move: cuts a batch of T steps into windows. The state is carried
 * from window to window, detached.
 */
export interface Truncation {
  /** For messages, such as 'regular(35)'. */
  readonly name: string;
  /** What it needs of the model beyond an ordinary pass. */
  readonly needs?: TruncationCapability;
  /** The passes over a batch of `steps` steps, in order. `random` is the trainer's: what is drawn from it is part of the run. */
  windows(steps: number, random: Random): readonly Window[];
}

/** The check of an option that must be a {@link Truncation}. */
export const truncationCheck: Check<Truncation> = withMethods<Truncation>(
  'a truncation, such as regular(35)',
  ['windows'],
);

/** The window that counts every loss in it and carries on its last state. */
export function plainWindow(start: number, end: number, changes: Partial<Window> = {}): Window {
  return {
    start,
    end,
    lossFrom: start,
    carryAt: end,
    backward: true,
    gradientScale: 1,
    update: true,
    rateFactor: 1,
    ...changes,
  };
}

/** Gradients flow through the whole of each batch, however long; one update per batch. */
export function full(): Truncation {
  return { name: 'full', windows: (steps) => [plainWindow(0, steps)] };
}
