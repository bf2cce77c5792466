import type { LayerState } from '@throughtime/contract';
import { checkLength } from '../ops/checks.js';
import type { LayerBuffers } from './layer-buffers.js';

/** Copies a state [N, size] into rows of a layer's buffers. */
export function writeRows(
  layer: LayerBuffers,
  buffer: Float32Array,
  values: Float32Array,
  size = layer.stateSize,
): void {
  const { batchSize } = layer.options;
  if (layer.stateStride === size) {
    buffer.set(values.subarray(0, batchSize * size));
    return;
  }
  for (let n = 0; n < batchSize; n++) {
    buffer.set(values.subarray(n * size, (n + 1) * size), n * layer.stateStride);
  }
}

/** Copies rows of a layer's buffers, from row `first` on, out as [N, size]. */
export function readRows(
  layer: LayerBuffers,
  buffer: Float32Array,
  first = 0,
  size = layer.stateSize,
): Float32Array {
  const { batchSize } = layer.options;
  const values = new Float32Array(batchSize * size);
  if (layer.stateStride === size) {
    const from = first * size;
    values.set(buffer.subarray(from, from + values.length));
    return values;
  }
  for (let n = 0; n < batchSize; n++) {
    const from = (first + n) * layer.stateStride;
    values.set(buffer.subarray(from, from + size), n * size);
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
    const { batchSize, hiddenSize } = layer.options;
    for (const [name, buffer, size] of [
      ['h', layer.states, layer.stateSize],
      ['c', layer.cells, hiddenSize],
    ] as const) {
      if (buffer.length === 0) continue;
      const values = state ? state[i][name] : undefined;
      if (state) checkLength(`state[${i}].${name}`, values ?? [], batchSize * size, '[N, H]');
      if (values) writeRows(layer, buffer, values, size);
      else buffer.fill(0, 0, batchSize * layer.stateStride);
    }
  }
}

/** The states after `steps` steps. */
export function readState(layers: readonly LayerBuffers[], steps: number): LayerState[] {
  return layers.map((layer) => {
    const first = steps * layer.options.batchSize;
    const h = readRows(layer, layer.states, first);
    return layer.cells.length > 0
      ? { h, c: readRows(layer, layer.cells, first, layer.options.hiddenSize) }
      : { h };
  });
}

/** Gradients of the final states, or zeros, to where the backward pass starts from. */
export function writeStateGradients(
  layers: readonly LayerBuffers[],
  gradients: readonly LayerState[] | undefined,
): void {
  if (gradients) checkLength('stateGradients', gradients, layers.length, 'one entry per layer');
  for (const [i, layer] of layers.entries()) {
    const { batchSize, hiddenSize } = layer.options;
    layer.stateGradient.fill(0);
    layer.cellGradient.fill(0);
    if (!gradients) continue;
    const { h, c } = gradients[i];
    checkLength(`stateGradients[${i}].h`, h, batchSize * layer.stateSize, '[N, H]');
    writeRows(layer, layer.stateGradient, h);
    if (!c || layer.cells.length === 0) continue;
    checkLength(`stateGradients[${i}].c`, c, batchSize * hiddenSize, '[N, H]');
    writeRows(layer, layer.cellGradient, c, hiddenSize);
  }
}

/** Gradients of the initial states, after a backward pass. */
export function readStateGradients(layers: readonly LayerBuffers[]): LayerState[] {
  return layers.map((layer) => {
    const h = readRows(layer, layer.stateGradient);
    return layer.cells.length > 0
      ? { h, c: readRows(layer, layer.cellGradient, 0, layer.options.hiddenSize) }
      : { h };
  });
}
