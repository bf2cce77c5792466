import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import type { CellBuilder } from './cells/cell.js';
import { gruCell } from './cells/gru-cell.js';
import { lstmCell } from './cells/lstm-cell.js';
import { minGruCell, minLstmCell } from './cells/min-cells.js';
import { rnnCell } from './cells/rnn-cell.js';
import { layerWeights } from './layer-weights.js';
import type { Mask, RecurrentMasks } from './masks.js';
import type { NetworkCall, NetworkResult } from './network-call.js';
import type { CellName, ResolvedConfig } from './recurrent-config.js';
import { type Keep, unrollLayer } from './unroll-layer.js';

const cellBuilders: Readonly<Record<CellName, CellBuilder>> = {
  rnn: rnnCell,
  gru: gruCell,
  lstm: lstmCell,
  mingru: minGruCell,
  minlstm: minLstmCell,
};

/** A network in plain tfjs operations, step by step, which reads as the formulas do. */
export function unrollReference({ config, weights, inputs, state, options }: NetworkCall): NetworkResult {
  const final: LayerState<tf.Tensor2D>[] = [];
  const valid = validRows(options.lengths, inputs.shape[1]);
  const cleared = clearPadding(inputs, options.lengths);
  let steps = applyMask(tf.unstack(cleared, 1) as tf.Tensor2D[], options.masks?.layers[0]);

  for (let layer = 0; layer < config.layers; layer++) {
    const outputs = Array.from({ length: config.directions }, (_, direction) => {
      const index = layer * config.directions + direction;
      const stateMask = options.masks?.state[index];
      const dropped = {
        recurrentWeights: options.masks?.recurrentWeights[index],
        state: stateMask && maskSteps(stateMask)(0),
      };
      const step = cellBuilders[config.cell](layerWeights(config, weights, index, dropped), config);
      const unrolled = unrollLayer(step, steps, state[index], {
        reverse: direction === 1 || options.reverse === true,
        valid,
        keepHidden: keep(config.zoneout.hidden, options.masks, options.masks?.hiddenZoneout[index]),
        keepCell: keep(config.zoneout.cell, options.masks, options.masks?.cellZoneout[index]),
      });
      final.push(unrolled.state);
      return unrolled.outputs;
    });
    steps = applyMask(join(config, layer, steps, outputs), options.masks?.layers[layer + 1]);
  }
  return { outputs: tf.stack(steps, 1) as tf.Tensor3D, state: final };
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

/**
 * Inputs with 0 outside each row's sequence. A step is computed for all rows, and its results are dropped where a row has ended.
 * Their gradient there is 0, but 0 times NaN or infinity would still be NaN in every weight.
 */
function clearPadding(inputs: tf.Tensor3D, lengths: Int32Array | undefined): tf.Tensor3D {
  const [batchSize, steps] = inputs.shape;
  if (!lengths || lengths.every((length) => length === steps)) return inputs;
  const inside = new Uint8Array(batchSize * steps);
  for (const [row, length] of lengths.entries()) inside.fill(1, row * steps, row * steps + length);
  return tf.where(tf.tensor3d(inside, [batchSize, steps, 1], 'bool'), inputs, tf.zerosLike(inputs));
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
