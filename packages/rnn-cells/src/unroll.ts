import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import { cellBuilders } from './cells/cell-builders.js';
import { checkInputs } from './check-inputs.js';
import type { LayerState } from './layer-state.js';
import { layerWeights } from './layer-weights.js';
import type { Mask, RecurrentMasks } from './masks.js';
import { type RecurrentConfig, type ResolvedConfig, resolveConfig } from './recurrent-config.js';
import { type Keep, unrollLayer } from './unroll-layer.js';

export interface UnrollOptions {
  /** [N], how many steps of each row are valid, 0 to T; the rest is padding. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** Reads from the last valid step to the first; outputs stay in the order of the inputs. Default: false. */
  readonly reverse?: boolean;
  /** The random choices of a training chunk, from `drawMasks`. Default: none, which is evaluation. */
  readonly masks?: RecurrentMasks | undefined;
}

// A type, not an interface: `tf.tidy` accepts it as what a function returns.
export type Unrolled = {
  /** [N, T, H]: P instead of H with a projection, twice as many when bidirectional. 0 in padding. */
  readonly outputs: tf.Tensor3D;
  /** After the last valid step of each row. One entry a layer, or two (forward, reverse) when bidirectional. */
  readonly state: LayerState<tf.Tensor2D>[];
};

/**
 * Runs a network over a chunk of sequences in plain tfjs operations: the reference path, which reads as the
 * formulas do, runs on any backend and can be differentiated by `tf.grads`.
 *
 * @param weights by name without prefix, shapes as {@link parameterShapes} gives them
 * @param inputs [N, T, D]
 * @param state as {@link zeroState} or a former call returned it; a former state is not detached here
 * @throws InvalidRecurrentConfigError, MissingWeightError, ShapeMismatchError
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
  return tf.tidy(() => {
    const final: LayerState<tf.Tensor2D>[] = [];
    const valid = validRows(options.lengths, inputs.shape[1]);
    let steps = applyMask(tf.unstack(inputs, 1) as tf.Tensor2D[], options.masks?.layers[0]);

    for (let layer = 0; layer < resolved.layers; layer++) {
      const outputs = Array.from({ length: resolved.directions }, (_, direction) => {
        const index = layer * resolved.directions + direction;
        const step = cellBuilders[resolved.cell](
          layerWeights(resolved, weights, index, options.masks?.recurrentWeights[index]),
          resolved,
        );
        const unrolled = unrollLayer(step, steps, state[index], {
          reverse: direction === 1 || options.reverse === true,
          valid,
          keepHidden: keep(resolved.zoneout.hidden, options.masks, options.masks?.hiddenZoneout[index]),
          keepCell: keep(resolved.zoneout.cell, options.masks, options.masks?.cellZoneout[index]),
        });
        final.push(unrolled.state);
        return unrolled.outputs;
      });
      steps = applyMask(join(resolved, layer, steps, outputs), options.masks?.layers[layer + 1]);
    }
    return { outputs: tf.stack(steps, 1) as tf.Tensor3D, state: final };
  });
}

/** A layer's outputs by step: both directions side by side, and with them the layer's inputs where it is residual. */
function join(
  { residual }: ResolvedConfig,
  layer: number,
  inputs: tf.Tensor2D[],
  outputs: tf.Tensor2D[][],
): tf.Tensor2D[] {
  return inputs.map((input, t) => {
    const both = outputs.map((direction) => direction[t]);
    const output = both.length === 1 ? both[0] : tf.concat(both, 1);
    return residual && layer > 0 ? tf.add(output, input) : output;
  });
}

function applyMask(steps: tf.Tensor2D[], mask: Mask | undefined): tf.Tensor2D[] {
  if (!mask) return steps;
  const factors = maskSteps(mask);
  return steps.map((step, t) => tf.mul(step, factors(t)));
}

/** Zoneout of a layer: the mask drawn for a training chunk; in evaluation, the probability itself. */
function keep(probability: number, masks: RecurrentMasks | undefined, mask: Mask | undefined): Keep {
  if (mask) return maskSteps(mask);
  return () => (masks ? 0 : probability);
}

/** A mask's part for a step, [N, size]. */
function maskSteps({ values, shape: [steps, batchSize, size] }: Mask): (t: number) => tf.Tensor2D {
  const stride = batchSize * size;
  const at = (t: number) => tf.tensor2d(values.subarray(t * stride, (t + 1) * stride), [batchSize, size]);
  if (steps > 1) return at;
  const shared = at(0);
  return () => shared;
}

/** By step, which rows are inside their sequence, [N, 1]; undefined where all are. */
function validRows(lengths: Int32Array | undefined, steps: number): (t: number) => tf.Tensor2D | undefined {
  if (!lengths) return () => undefined;
  const shortest = lengths.reduce((least, length) => Math.min(least, length), steps);
  return (t) =>
    t < shortest
      ? undefined
      : tf.tensor2d(
          Uint8Array.from(lengths, (length) => (t < length ? 1 : 0)),
          [lengths.length, 1],
          'bool',
        );
}
