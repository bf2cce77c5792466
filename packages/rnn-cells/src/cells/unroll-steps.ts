import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import type { CellStep } from './cell.js';

/** How much of the old value a step keeps: a 0/1 mask [N, size] for the step, or one fraction; 0 keeps nothing. */
export type Keep = (t: number) => tf.Tensor2D | number;

export interface UnrollStepsOptions {
  /** From the last step to the first. */
  readonly reverse: boolean;
  /** By step, which rows are still inside their sequence, [N, 1] of booleans; undefined: all. */
  readonly valid: (t: number) => tf.Tensor2D | undefined;
  readonly keepHidden: Keep;
  readonly keepCell: Keep;
}

/**
 * Applies one layer's step along the sequence.
 * @param inputs by step, [N, D]
 * @returns outputs by step, [N, H] in the order of the inputs (0 outside a row's sequence); the state after the
 *   last valid step
 */
export function unrollSteps(
  step: CellStep,
  inputs: readonly tf.Tensor2D[],
  start: LayerState<tf.Tensor2D>,
  options: UnrollStepsOptions,
): { outputs: tf.Tensor2D[]; state: LayerState<tf.Tensor2D> } {
  const outputs: tf.Tensor2D[] = new Array(inputs.length);
  let state = start;
  for (let i = 0; i < inputs.length; i++) {
    const t = options.reverse ? inputs.length - 1 - i : i;
    const previous = state;
    // Frees what a step computed on its way, except what a gradient will need.
    const after = tf.tidy(() => {
      const next = zoneout(step(inputs[t], previous), previous, options, t);
      const valid = options.valid(t);
      if (!valid) return { state: next, output: next.h };
      return {
        state: mapState(next, previous, (now, before) => tf.where(valid, now, before)),
        output: tf.where(valid, next.h, tf.zerosLike(next.h)),
      };
    });
    state = after.state;
    outputs[t] = after.output;
  }
  return { outputs, state };
}

/** m * old + (1 - m) * new, for m the step's mask or fraction (Krueger et al. 2017). */
function zoneout(
  next: LayerState<tf.Tensor2D>,
  previous: LayerState<tf.Tensor2D>,
  { keepHidden, keepCell }: UnrollStepsOptions,
  t: number,
): LayerState<tf.Tensor2D> {
  const mixed = (now: tf.Tensor2D, before: tf.Tensor2D, keep: tf.Tensor2D | number): tf.Tensor2D =>
    keep === 0 ? now : tf.add(tf.mul(keep, before), tf.mul(tf.sub(1, keep), now));
  const h = mixed(next.h, previous.h, keepHidden(t));
  return next.c && previous.c ? { h, c: mixed(next.c, previous.c, keepCell(t)) } : { h };
}

function mapState<T>(a: LayerState<T>, b: LayerState<T>, combine: (a: T, b: T) => T): LayerState<T> {
  const h = combine(a.h, b.h);
  return a.c !== undefined && b.c !== undefined ? { h, c: combine(a.c, b.c) } : { h };
}
