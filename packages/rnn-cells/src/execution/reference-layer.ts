import * as tf from '@tensorflow/tfjs-core';
import type { CellBuilder } from '../cells/cell.js';
import { customCellBuilder } from '../cells/define-cell.js';
import { gruCell } from '../cells/gru-cell.js';
import { lstmCell } from '../cells/lstm-cell.js';
import { minGruCell, minLstmCell } from '../cells/min-cells.js';
import { rnnCell } from '../cells/rnn-cell.js';
import { type Keep, unrollSteps } from '../cells/unroll-steps.js';
import type { Mask } from '../parameters/masks.js';
import { type BuiltInCellName, type CellName, isBuiltIn } from '../parameters/recurrent-config.js';
import type { LayerCall, LayerResult } from './network-call.js';

const cellBuilders: Readonly<Record<BuiltInCellName, CellBuilder>> = {
  rnn: rnnCell,
  gru: gruCell,
  lstm: lstmCell,
  mingru: minGruCell,
  minlstm: minLstmCell,
};

function builderOf(cell: CellName): CellBuilder {
  return isBuiltIn(cell) ? cellBuilders[cell] : customCellBuilder(cell);
}

/** One layer in plain tfjs operations, step by step, which reads as the formulas do. */
export function unrollReferenceLayer(call: LayerCall): LayerResult {
  const { config, weights, inputs, start, reverse, lengths, masks } = call;
  const stateMask = masks?.state;
  const step = builderOf(config.cell)(
    weights.recurrent && stateMask
      ? { ...weights, recurrent: { ...weights.recurrent, mask: maskSteps(stateMask)(0) } }
      : weights,
    config,
  );
  const steps = tf.unstack(inputs, 1) as tf.Tensor2D[];
  // Zoneout keeps by the mask drawn for a training chunk; in evaluation, by the probability itself.
  const keep = (probability: number, mask: Mask | undefined): Keep =>
    mask ? maskSteps(mask) : () => (masks ? 0 : probability);
  const { outputs, state } = unrollSteps(step, steps, start, {
    reverse,
    valid: validRows(lengths, steps.length),
    keepHidden: keep(config.zoneout.hidden, masks?.hiddenZoneout),
    keepCell: keep(config.zoneout.cell, masks?.cellZoneout),
  });
  return { outputs: tf.stack(outputs, 1) as tf.Tensor3D, state };
}

/**
 * Inputs with 0 outside each row's sequence. A step is computed for all rows, and its results are dropped where a row has ended.
 * Their gradient there is 0, but 0 times NaN or infinity would still be NaN in every weight.
 */
export function clearPadding(inputs: tf.Tensor3D, lengths: Int32Array | undefined): tf.Tensor3D {
  const [batchSize, steps] = inputs.shape;
  if (!lengths || lengths.every((length) => length === steps)) return inputs;
  const inside = new Uint8Array(batchSize * steps);
  for (const [row, length] of lengths.entries()) inside.fill(1, row * steps, row * steps + length);
  return tf.where(tf.tensor3d(inside, [batchSize, steps, 1], 'bool'), inputs, tf.zerosLike(inputs));
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
