import type * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import type { Unrolled } from '../unroll.js';
import type { UnrollPath } from '../unroll-path.js';

export interface UnrollLayerCall {
  /** [N], how many steps of each row are valid, 0 to T; the rest is padding. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** Trains: dropout and zoneout draw the masks of this chunk from it. Default: evaluation, which drops nothing. */
  readonly random?: Random | undefined;
  /**
   * Default: 'auto', which is fused, layer by layer, where the engine runs and computes the layer and tfjs's backend is
   * wasm or cpu; reference elsewhere. What was chosen is in the result's `paths`.
   */
  readonly path?: UnrollPath | 'auto' | undefined;
}

/**
 * A layer over sequences whose weights are `tf.Variable`s: `rnn()`, `gru()`, `lstm()`, `bidirectional()`,
 * `stack()`.
 */
export interface SequenceLayer {
  readonly inputSize: number;
  readonly outputSize: number;
  /** By PyTorch's names. Assign to a variable to load a weight. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Zeros, [N, H] each: one entry a layer and direction. The caller disposes them. */
  initialState(batchSize: number): LayerState<tf.Tensor2D>[];
  /**
   * @param inputs [N, T, D]
   * @param previousState what the former chunk returned; default: zeros
   * @returns outputs [N, T, H] (0 in padding), and the state after the last valid step of each row; the caller
   *   disposes them
   * @throws ShapeMismatchError; FusedPathError when the fused path is asked for and a layer cannot take it
   */
  unroll(
    inputs: tf.Tensor3D,
    previousState?: readonly LayerState<tf.Tensor2D>[],
    call?: UnrollLayerCall,
  ): Unrolled;
  /** Frees the variables. */
  dispose(): void;
}
