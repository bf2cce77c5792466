import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import type { LayerWeights } from '../cells/cell.js';
import type { ResolvedConfig } from '../recurrent-config.js';
import { engineCell } from './fused-obstacle.js';
import { runLayerKernel } from './layer-kernel.js';
import { LayerPass, type LayerPassOptions } from './layer-pass.js';

/**
 * Does what `unrollLayer` does on the reference path, as one operation in the engine.
 * @param inputs [N, T, D]
 * @returns outputs [N, T, H], 0 outside a row's sequence; the state after the last valid step
 */
export function unrollFusedLayer(
  config: ResolvedConfig,
  { input, recurrent }: LayerWeights,
  inputs: tf.Tensor3D,
  start: LayerState<tf.Tensor2D>,
  options: Pick<LayerPassOptions, 'reverse' | 'lengths' | 'stateMask'>,
): { outputs: tf.Tensor3D; state: LayerState<tf.Tensor2D> } {
  const isLstm = config.cell === 'lstm';
  const tensors = [inputs, input.weight, recurrent!.weight, input.bias!, recurrent!.bias!, start.h];
  if (isLstm) tensors.push(start.c!);
  const pass = new LayerPass({
    cell: engineCell(config),
    ...options,
    training: tf.engine().isTapeOn(),
  });
  const [outputs, h, c] = runLayerKernel(pass, tensors.map(asFloats));
  return {
    outputs: outputs as tf.Tensor3D,
    state: isLstm ? { h: h as tf.Tensor2D, c: c as tf.Tensor2D } : { h: h as tf.Tensor2D },
  };
}

/** The reference path takes tensors of whole numbers; so does this one. */
function asFloats(tensor: tf.Tensor): tf.Tensor {
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}
