import * as tf from '@tensorflow/tfjs-core';
import { customCell } from '../parameters/custom-cells.js';
import { layerSuffix } from '../parameters/parameter-shapes.js';
import type { ResolvedConfig } from '../parameters/recurrent-config.js';
import type { LayerWeights } from './cell.js';

/**
 * Picks one layer's weights by name.
 * @param index into the state: layer times directions plus direction
 * @param factors of weight_hh (weight-drop), row-major
 */
export function layerWeights(
  { cell, inputSize, hiddenSize, directions }: ResolvedConfig,
  weights: ReadonlyMap<string, tf.Tensor>,
  index: number,
  factors: Float32Array | undefined,
): LayerWeights {
  const suffix = layerSuffix(index, directions);
  const vector = (name: string) => weights.get(name + suffix) as tf.Tensor1D | undefined;
  const matrix = (name: string) => weights.get(name + suffix) as tf.Tensor2D | undefined;

  const recurrent = matrix('weight_hh');
  const projection = matrix('weight_hr');
  const peephole = matrix('weight_peephole');
  const gain = vector('gain_cell');
  const bias = vector('bias_cell');
  const own = customCell(cell)?.parameters?.({ inputSize, hiddenSize });
  return {
    input: { weight: matrix('weight_ih')!, bias: vector('bias_ih')!, gain: vector('gain_ih') },
    ...(recurrent && {
      recurrent: {
        weight: factors ? tf.mul(recurrent, tf.tensor2d(factors, recurrent.shape)) : recurrent,
        bias: vector('bias_hh')!,
        gain: vector('gain_hh'),
      },
    }),
    ...(projection && { projection }),
    ...(peephole && { peephole }),
    ...(gain && bias && { cellNorm: { gain, bias } }),
    ...(own && { own: new Map(own.map(({ name }) => [name, weights.get(name + suffix)!])) }),
  };
}
