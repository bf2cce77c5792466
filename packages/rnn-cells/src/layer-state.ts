import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { whole } from '@throughtime/errors';
import { type RecurrentConfig, resolveConfig } from './recurrent-config.js';

/**
 * The state before anything was read: zeros. One entry per layer, or two (forward, reverse) for a bidirectional network.
 * @throws ArgumentError
 */
export function zeroState(config: RecurrentConfig, batchSize: number): LayerState[] {
  const { cell, layers, directions, stateSize, hiddenSize } = resolveConfig(config);
  whole({ from: 0 })('batchSize', batchSize);
  return Array.from({ length: layers * directions }, () => {
    const h = new Float32Array(batchSize * stateSize);
    return cell === 'lstm' ? { h, c: new Float32Array(batchSize * hiddenSize) } : { h };
  });
}

/** Plain state as tensors [N, H], which the caller (or its `tf.tidy`) disposes. */
export function stateTensors(state: readonly LayerState[], batchSize: number): LayerState<tf.Tensor2D>[] {
  const tensor = (values: Float32Array) => tf.tensor2d(values, [batchSize, values.length / batchSize]);
  return state.map(({ h, c }) => (c ? { h: tensor(h), c: tensor(c) } : { h: tensor(h) }));
}

/** The numbers of a state: detached from whatever computed them. The tensors stay the caller's. */
export function stateArrays(state: readonly LayerState<tf.Tensor>[]): LayerState[] {
  const array = (tensor: tf.Tensor) => tensor.dataSync<'float32'>().slice();
  return state.map(({ h, c }) => (c ? { h: array(h), c: array(c) } : { h: array(h) }));
}
