import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { layerWeights } from '../cells/layer-weights.js';
import type { Mask } from '../parameters/masks.js';
import { type RecurrentConfig, resolveConfig } from '../parameters/recurrent-config.js';
import { chooseEngine, networkObstacle } from './choose-execution.js';
import { releaseForgotten, unrollEngineLayer } from './engine-layer.js';
import {
  checkCall,
  type LayerCall,
  type LayerResult,
  type NetworkCall,
  type Unrolled,
  type UnrollOptions,
  type UnrollPath,
} from './network-call.js';
import { clearPadding, unrollReferenceLayer } from './reference-layer.js';

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
  const path = choosePath(call);
  return tf.tidy(() => {
    if (path === 'fused') releaseForgotten();
    const result =
      path === 'fused'
        ? unrollLayers(call, unrollEngineLayer)
        : unrollLayers({ ...call, inputs: clearPadding(inputs, options.lengths) }, unrollReferenceLayer);
    return { ...result, paths: result.state.map(() => path) };
  });
}

/** The layers from the first to the last, in both directions, with dropout and residual sums between them. */
function unrollLayers(
  { config, weights, inputs, state, options }: NetworkCall,
  unrollLayer: (call: LayerCall) => LayerResult,
): Pick<Unrolled, 'outputs' | 'state'> {
  const { layers, directions, residual } = config;
  const { masks, lengths, reverse = false } = options;
  const final: LayerState<tf.Tensor2D>[] = [];
  let sequences = applyMask(inputs, masks?.layers[0]);
  for (let layer = 0; layer < layers; layer++) {
    const outputs = Array.from({ length: directions }, (_, direction) => {
      const index = layer * directions + direction;
      const unrolled = unrollLayer({
        config,
        weights: layerWeights(config, weights, index, masks?.recurrentWeights[index]),
        inputs: sequences,
        start: state[index],
        reverse: direction === 1 || reverse,
        lengths,
        masks: masks && {
          state: masks.state[index],
          hiddenZoneout: masks.hiddenZoneout[index],
          cellZoneout: masks.cellZoneout[index],
        },
      });
      final.push(unrolled.state);
      return unrolled.outputs;
    });
    const both = outputs.length === 1 ? outputs[0] : tf.concat(outputs, 2);
    const joined: tf.Tensor3D = residual && layer > 0 ? tf.add(both, sequences) : both;
    sequences = applyMask(joined, masks?.layers[layer + 1]);
  }
  return { outputs: sequences, state: final };
}

/** A mask [T or 1, N, size] on sequences [N, T, size]. */
function applyMask(sequences: tf.Tensor3D, mask: Mask | undefined): tf.Tensor3D {
  if (!mask) return sequences;
  const factors = tf.tensor3d(mask.values, [...mask.shape]);
  return tf.mul(sequences, tf.transpose(factors, [1, 0, 2]));
}

/**
 * Backends with tensors in memory that the engine's thread can read at once. With a GPU every call would wait for a
 * transfer, which the reference path does not need.
 */
const directBackends: ReadonlySet<string> = new Set(['wasm', 'cpu']);

/** @throws FusedPathError when the fused path is asked for and cannot be taken */
function choosePath({ config, inputs, options }: NetworkCall): UnrollPath {
  const wanted = options.path === 'auto' ? undefined : options.path;
  const emptyBatch = inputs.shape[0] === 0 ? { field: 'inputs', expected: 'at least one row' } : undefined;
  if (wanted === undefined && !directBackends.has(tf.getBackend())) return 'reference';
  const engine = chooseEngine({
    path: wanted,
    obstacle: networkObstacle([config]) ?? emptyBatch,
  });
  return engine ? 'fused' : 'reference';
}
