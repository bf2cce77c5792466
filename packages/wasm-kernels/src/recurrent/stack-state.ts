import type { LayerState } from '@throughtime/contract';
import { checkLength } from '../ops/checks.js';
import type { LayerBuffers } from './layer-buffers.js';

/** Copies a state into rows of a layer's buffers. */
export function writeRows(layer: LayerBuffers, buffer: Float32Array, values: Float32Array): void {
  const { batchSize, hiddenSize } = layer.options;
  if (layer.stateStride === hiddenSize) {
    buffer.set(values.subarray(0, batchSize * hiddenSize));
    return;
  }
  for (let n = 0; n < batchSize; n++) {
    buffer.set(values.subarray(n * hiddenSize, (n + 1) * hiddenSize), n * layer.stateStride);
  }
}

/** Copies rows of a layer's buffers, from row `first` on, out as [N, H]. */
export function readRows(layer: LayerBuffers, buffer: Float32Array, first = 0): Float32Array {
  const { batchSize, hiddenSize } = layer.options;
  const values = new Float32Array(batchSize * hiddenSize);
  if (layer.stateStride === hiddenSize) {
    const from = first * hiddenSize;
    values.set(buffer.subarray(from, from + values.length));
    return values;
  }
  for (let n = 0; n < batchSize; n++) {
    const from = (first + n) * layer.stateStride;
    values.set(buffer.subarray(from, from + hiddenSize), n * hiddenSize);
  }
  return values;
}

/** @throws ArgumentError unless `state` has the layers' number and shapes */
export function writeInitialState(
  layers: readonly LayerBuffers[],
  state: readonly LayerState[] | undefined,
): void {
  if (state) checkLength('state', state, layers.length, 'one entry per layer');
  for (const [i, layer] of layers.entries()) {
    const length = layer.options.batchSize * layer.options.hiddenSize;
    for (const [name, buffer] of [
      ['h', layer.states],
      ['c', layer.cells],
    ] as const) {
      if (buffer.length === 0) continue;
      const values = state ? state[i][name] : undefined;
      if (state) checkLength(`state[${i}].${name}`, values ?? [], length, '[N, H]');
      if (values) writeRows(layer, buffer, values);
      else buffer.fill(0, 0, layer.options.batchSize * layer.stateStride);
    }
  }
}

/** The states after `steps` steps. */
export function readState(layers: readonly LayerBuffers[], steps: number): LayerState[] {
  return layers.map((layer) => {
    const first = steps * layer.options.batchSize;
    const h = readRows(layer, layer.states, first);
    return layer.cells.length > 0 ? { h, c: readRows(layer, layer.cells, first) } : { h };
  });
}

/** Gradients of the final states, or zeros, to where the backward pass starts from. */
export function writeStateGradients(
  layers: readonly LayerBuffers[],
  gradients: readonly LayerState[] | undefined,
): void {
  if (gradients) checkLength('stateGradients', gradients, layers.length, 'one entry per layer');
  for (const [i, layer] of layers.entries()) {
    const length = layer.options.batchSize * layer.options.hiddenSize;
    layer.stateGradient.fill(0);
    layer.cellGradient.fill(0);
    if (!gradients) continue;
    const { h, c } = gradients[i];
    checkLength(`stateGradients[${i}].h`, h, length, '[N, H]');
    writeRows(layer, layer.stateGradient, h);
    if (!c || layer.cells.length === 0) continue;
    checkLength(`stateGradients[${i}].c`, c, length, '[N, H]');
    writeRows(layer, layer.cellGradient, c);
  }
}

/** Gradients of the initial states, after a backward pass. */
export function readStateGradients(layers: readonly LayerBuffers[]): LayerState[] {
  return layers.map((layer) => {
    const h = readRows(layer, layer.stateGradient);
    return layer.cells.length > 0 ? { h, c: readRows(layer, layer.cellGradient) } : { h };
  });
}
