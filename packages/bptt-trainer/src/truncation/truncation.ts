import type { TruncationCapability } from '@throughtime/contract';
import type { Random } from '@throughtime/random';

/** One pass of the model over the steps [start, end) of a batch. */
export interface Window {
  readonly start: number;
  readonly end: number;
  /** Losses count from this step on; steps before it serve the gradient's way back only. */
  readonly lossFrom: number;
  /** The carried state is the one before this step: where the next window starts. */
  readonly carryAt: number;
  /** Whether gradients are computed; otherwise the window runs forward only. */
  readonly backward: boolean;
  /** Factor on the gradient at each boundary between steps inside the window. */
  readonly gradientScale: number;
  /** Whether the weights may be updated after the window; otherwise its gradient is added to the next one's. */
  readonly update: boolean;
  /**
   * Factor on the learning rate of that update, which takes the mean of those of the windows that it accumulates. Not applied to
   * 'sum-over-time', a sum that grows with the window's length by itself.
   */
  readonly rateFactor: number;
}

/**
 * How far back in time gradients flow, and how often weights move: cuts a batch of T steps into windows. The state is
 * carried, detached, from window to window in each of them.
 */
export interface Truncation {
  /** For messages, such as 'regular(35)'. */
  readonly name: string;
  /** What it needs of the model beyond an ordinary pass. */
  readonly needs?: TruncationCapability;
  windows(steps: number, random: Random): readonly Window[];
}

/** The window that counts every loss in it and hands on its last state. */
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
