import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { layerWeights } from '../layer-weights.js';
import type { Mask } from '../masks.js';
import type { NetworkCall, NetworkResult } from '../network-call.js';
import { unrollFusedLayer } from './fused-layer.js';
import { releaseForgotten } from './kept-runs.js';

/** Runs each layer in the engine; tfjs does what lies between layers (dropout, residual sums). */
export function unrollFused({ config, weights, inputs, state, options }: NetworkCall): NetworkResult {
  releaseForgotten();
  const { layers, directions, residual } = config;
  const { masks, lengths, reverse = false } = options;
  const final: LayerState<tf.Tensor2D>[] = [];
  let sequences = applyMask(inputs, masks?.layers[0]);

  for (let layer = 0; layer < layers; layer++) {
    const outputs = Array.from({ length: directions }, (_, direction) => {
      const index = layer * directions + direction;
      const own = layerWeights(config, weights, index, { recurrentWeights: masks?.recurrentWeights[index] });
      const unrolled = unrollFusedLayer(config, own, sequences, state[index], {
        reverse: direction === 1 || reverse,
        lengths,
        stateMask: masks?.state[index]?.values,
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
