import type * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import type { ResolvedConfig } from '../parameters/recurrent-config.js';
import type { LinearWeights } from './linear.js';

/** One step of one layer: input x_t [N, D] and the state before it give the state after it, whose h is the output. */
export type CellStep = (x: tf.Tensor2D, state: LayerState<tf.Tensor2D>) => LayerState<tf.Tensor2D>;

/** The weights of one layer in one direction. */
export interface LayerWeights {
  /** weight_ih [G H, D], bias_ih [G H], gain_ih [G H]. */
  readonly input: LinearWeights;
  /**
   * weight_hh [G H, H] (or [G H, P]), bias_hh, gain_hh, and while training with dropout of the state its mask [N, H]; none
   * where the gates see the input only.
   */
  readonly recurrent?: LinearWeights;
  /** weight_hr [P, H]. */
  readonly projection?: tf.Tensor2D;
  /** weight_peephole [3, H], rows i, f, o. */
  readonly peephole?: tf.Tensor2D;
  /** gain_cell [H] and bias_cell [H]. */
  readonly cellNorm?: { readonly gain: tf.Tensor1D; readonly bias: tf.Tensor1D };
  /** A custom cell's further parameters, by name without suffix. */
  readonly own?: ReadonlyMap<string, tf.Tensor>;
}

/** Prepares a layer's weights for all steps of a sequence. */
export type CellBuilder = (weights: LayerWeights, config: ResolvedConfig) => CellStep;
