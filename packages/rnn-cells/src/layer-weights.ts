import * as tf from '@tensorflow/tfjs-core';
import type { LayerWeights } from './cells/cell.js';
import { layerSuffix } from './parameter-shapes.js';
import type { ResolvedConfig } from './recurrent-config.js';

/**
 * Picks one layer's weights by name.
 * @param index into the state: layer times directions plus direction
 * @param dropped factors of weight_hh (weight-drop), row-major, and of h before their product
 */
export function layerWeights(
  { directions }: ResolvedConfig,
  weights: ReadonlyMap<string, tf.Tensor>,
  index: number,
  dropped: { readonly recurrentWeights?: Float32Array | undefined; readonly state?: tf.Tensor2D | undefined },
): LayerWeights {
  const suffix = layerSuffix(index, directions);
  const vector = (name: string) => weights.get(name + suffix) as tf.Tensor1D | undefined;
  const matrix = (name: string) => weights.get(name + suffix) as tf.Tensor2D | undefined;

  const factors = dropped.recurrentWeights;
  const recurrent = matrix('weight_hh');
  const projection = matrix('weight_hr');
  const peephole = matrix('weight_peephole');
  const gain = vector('gain_cell');
  const bias = vector('bias_cell');
  return {
    input: { weight: matrix('weight_ih')!, bias: vector('bias_ih')!, gain: vector('gain_ih') },
    ...(recurrent && {
      recurrent: {
        weight: factors ? tf.mul(recurrent, tf.tensor2d(factors, recurrent.shape)) : recurrent,
        bias: vector('bias_hh')!,
        gain: vector('gain_hh'),
        mask: dropped.state,
      },
    }),
    ...(projection && { projection }),
    ...(peephole && { peephole }),
    ...(gain && bias && { cellNorm: { gain, bias } }),
  };
}
