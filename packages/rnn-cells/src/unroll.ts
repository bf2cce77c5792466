import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { checkInputs } from './check-inputs.js';
import { unrollFused } from './fused/unroll-fused.js';
import type { RecurrentMasks } from './masks.js';
import { type RecurrentConfig, type ResolvedConfig, resolveConfig } from './recurrent-config.js';
import { choosePath, type UnrollPath } from './unroll-path.js';
import { unrollReference } from './unroll-reference.js';

export interface UnrollOptions {
  /** [N], how many steps of each row are valid, 0 to T; the rest is padding. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** Reads from the last valid step to the first; outputs stay in the order of the inputs. Default: false. */
  readonly reverse?: boolean;
  /** The random choices of a training chunk, from `drawMasks`. Default: none, which is evaluation. */
  readonly masks?: RecurrentMasks | undefined;
  /**
   * Default: 'auto', which is fused where the engine runs and computes this network (rnn, gru and lstm without layer
   * norm, peephole, projection and zoneout) and tfjs's backend is wasm or cpu; reference elsewhere.
   */
  readonly path?: UnrollPath | 'auto' | undefined;
}

// A type, not an interface: `tf.tidy` accepts it as what a function returns.
export type Unrolled = {
  /** [N, T, H]: P instead of H with a projection, twice as many when bidirectional. 0 in padding. */
  readonly outputs: tf.Tensor3D;
  /** After the last valid step of each row. One entry a layer, or two (forward, reverse) when bidirectional. */
  readonly state: LayerState<tf.Tensor2D>[];
  /** What computed each entry of `state`. */
  readonly paths: UnrollPath[];
};

/** A call whose arguments fit together. */
export interface NetworkCall {
  readonly config: ResolvedConfig;
  readonly weights: ReadonlyMap<string, tf.Tensor>;
  readonly inputs: tf.Tensor3D;
  readonly state: readonly LayerState<tf.Tensor2D>[];
  readonly options: UnrollOptions;
}

export type NetworkResult = Pick<Unrolled, 'outputs' | 'state'>;

/**
 * Runs a network over a chunk of sequences, to be differentiated by tfjs (`tf.grads`, `optimizer.minimize`): in plain
 * tfjs operations, which read as the formulas do and run on any backend, or each layer as one operation in the engine of
 * `@throughtime/wasm-kernels`, many times faster. Both give the same numbers, to the rounding of float32.
 *
 * @param weights by name without prefix, shapes as {@link parameterShapes} gives them
 * @param inputs [N, T, D]
 * @param state as {@link zeroState} or a former call returned it; a former state is not detached here
 * @throws ArgumentError, MissingWeightError, ShapeMismatchError, FusedPathError
 */
export function unroll(
  config: RecurrentConfig,
  weights: ReadonlyMap<string, tf.Tensor>,
  inputs: tf.Tensor3D,
  state: readonly LayerState<tf.Tensor2D>[],
  options: UnrollOptions = {},
): Unrolled {
  const resolved = resolveConfig(config);
  checkInputs(resolved, weights, inputs, state, options);
  const path = choosePath(resolved, inputs.shape[0], options.path);
  const run = path === 'fused' ? unrollFused : unrollReference;
  return tf.tidy(() => {
    const result = run({ config: resolved, weights, inputs, state, options });
    return { ...result, paths: result.state.map(() => path) };
  });
}
