import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { unrollFused } from './fused/unroll-fused.js';
import { checkCall, type NetworkCall, type Unrolled, type UnrollOptions } from './network-call.js';
import { type RecurrentConfig, resolveConfig } from './recurrent-config.js';
import { choosePath } from './unroll-path.js';
import { unrollReference } from './unroll-reference.js';

/**
 * Runs a network over a chunk of sequences; tfjs can differentiate it (`tf.grads`, `optimizer.minimize`). The reference path
 * uses plain tfjs operations, which read as the formulas do and run on any backend. The fused path runs each layer as one operation
 * in the engine of `@throughtime/wasm-kernels`, many times faster. Both give the same numbers, to the rounding of float32.
 *
 * @param weights by name without prefix, shapes from {@link parameterShapes}
 * @param inputs [N, T, D]
 * @param state from {@link zeroState} or an earlier call. A state of an earlier call is not detached here
 * @throws ArgumentError, MissingWeightError, ShapeMismatchError, FusedPathError
 */
export function unroll(
  config: RecurrentConfig,
  weights: ReadonlyMap<string, tf.Tensor>,
  inputs: tf.Tensor3D,
  state: readonly LayerState<tf.Tensor2D>[],
  options: UnrollOptions = {},
): Unrolled {
  const call: NetworkCall = { config: resolveConfig(config), weights, inputs, state, options };
  checkCall(call);
  const path = choosePath(call.config, inputs.shape[0], options.path);
  const run = path === 'fused' ? unrollFused : unrollReference;
  return tf.tidy(() => {
    const result = run(call);
    return { ...result, paths: result.state.map(() => path) };
  });
}
