import type * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { instance, type OptionChecks, withMethods } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { type Unrolled, type UnrollPath, unrollPath } from '../execution/network-call.js';

/** How a layer reads sequences, and what computes them. */
export interface UnrollLayerCall {
  /** [N], how many steps of each row are valid, 0 to T; the rest is padding. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** Trains: dropout and zoneout draw the masks of this chunk from it. Default: evaluation, which drops nothing. */
  readonly random?: Random | undefined;
  /**
   * Default: 'auto'. Each layer is then 'fused' where the engine runs and computes it and tfjs's backend is wasm or cpu, and
   * 'reference' elsewhere. The result's `paths` says what was chosen.
   */
  readonly path?: UnrollPath | 'auto' | undefined;
}

export const unrollLayerChecks: OptionChecks<UnrollLayerCall> = {
  lengths: instance(Int32Array, 'an Int32Array'),
  random: randomSource,
  path: unrollPath,
};

/**
 * A layer over sequences whose weights are `tf.Variable`s: `rnn()`, `gru()`, `lstm()`, `bidirectional()`,
 * `stack()`.
 */
export interface SequenceLayer {
  /** D, the size of one input. */
  readonly inputSize: number;
  /** The size of one output: H, or P with a projection; twice that when bidirectional. */
  readonly outputSize: number;
  /** By PyTorch's names. Assign to a variable to load a weight. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Zeros, [N, H] each: one entry per layer and direction. The caller disposes them. */
  initialState(batchSize: number): LayerState<tf.Tensor2D>[];
  /**
   * @param inputs [N, T, D]
   * @param previousState the state that the previous chunk returned. Default: zeros
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

/** The check of a layer that is given to another: to `stack` or `bidirectional`. */
export const sequenceLayer = withMethods<SequenceLayer>('a layer, such as lstm(...)', [
  'unroll',
  'initialState',
]);
