import type { BatchSource } from '@throughtime/contract';
import { ArgumentError, boolean, type OptionChecks, required, whole } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { drawnEpochs, type Epoch, fixedEpochs } from './batch-source.js';

/** Which windows of a corpus or series to take. */
export interface WindowChoice {
  /** From the start of one window to that of the next. Default 1: every window there is. */
  readonly stride?: number;
  /** The first window taken. Default 0. */
  readonly from?: number;
  /** The window after the last one taken. Default: the number of windows there are. */
  readonly to?: number;
}

export const windowChoiceChecks: OptionChecks<WindowChoice> = {
  stride: whole({ from: 1 }),
  from: whole({ from: 0 }),
  to: whole({ from: 1 }),
};

/** How to put windows together to batches. */
export interface WindowOrder {
  /** N: windows per batch. */
  readonly batchSize: number;
  /** Draws the order of each epoch. Default: windows come in order, as for validation. */
  readonly random?: Random;
  /** Whether to drop the last batch if it has fewer windows. Default false: every window is seen once per epoch. */
  readonly dropPartial?: boolean;
}

export const windowOrderChecks: OptionChecks<WindowOrder> = {
  batchSize: required(whole({ from: 1 })),
  random: randomSource,
  dropPartial: boolean,
};

/** How many windows of `span` positions, `stride` apart, `length` positions hold. */
export function windowsIn(length: number, span: number, stride: number): number {
  return length < span ? 0 : Math.floor((length - span) / stride) + 1;
}

/**
 * Where the windows chosen of `available` ones start.
 * @throws ArgumentError
 */
export function chosenStarts(
  available: number,
  { stride = 1, from = 0, to = available }: WindowChoice,
): Int32Array {
  if (to > available) {
    throw new ArgumentError('to', `a whole number from 1 to ${available}, the windows there are`, to);
  }
  if (from >= to) throw new ArgumentError('from', `a whole number from 0 to ${to - 1}`, from);
  return Int32Array.from({ length: to - from }, (_, i) => (from + i) * stride);
}

/**
 * Batches of windows, in order or shuffled in each epoch.
 * @param cut makes a batch of the windows that start at these places
 * @throws ArgumentError
 */
export function batchesOfWindows<B>(
  starts: Int32Array,
  { batchSize, random, dropPartial = false }: WindowOrder,
  cut: (starts: Int32Array) => B,
): BatchSource<B> {
  const count = dropPartial ? Math.floor(starts.length / batchSize) : Math.ceil(starts.length / batchSize);
  if (count === 0) {
    throw new ArgumentError('batchSize', `at most the ${starts.length} windows taken`, batchSize);
  }
  const epochOf = (order: Int32Array): Epoch<B> => ({
    count,
    batch: (index) => cut(order.subarray(index * batchSize, (index + 1) * batchSize)),
  });
  if (!random) return fixedEpochs(false, epochOf(starts));
  const draw = (drawn: Random) => epochOf(drawn.shuffle(starts.slice()));
  return drawnEpochs({ length: count, continues: false, random, draw });
}
