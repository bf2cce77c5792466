import type { LayerState } from '@throughtime/contract';
import { whole } from '@throughtime/errors';
import { type RecurrentConfig, resolveConfig } from './recurrent-config.js';

/**
 * The state before anything was read: zeros. One entry per layer, or two (forward, reverse) for a bidirectional network.
 * @throws ArgumentError
 */
export function zeroState(config: RecurrentConfig, batchSize: number): LayerState[] {
  const { cellState, layers, directions, stateSize, hiddenSize } = resolveConfig(config);
  whole({ from: 0 })('batchSize', batchSize);
  return Array.from({ length: layers * directions }, () => {
    const h = new Float32Array(batchSize * stateSize);
    return cellState ? { h, c: new Float32Array(batchSize * hiddenSize) } : { h };
  });
}
