import { addPanels, type Matrix, type PackedSide, padded, preparePanels } from '../engine/products.js';
import type { Program } from '../engine/program.js';
import { NORM_ROWS, type TABLE } from '../generated/commands.js';
import type { LayerBuffers } from './layer-buffers.js';
import type { LayerNormBuffers } from './layer-norm.js';

/** The units of all gates as one side of packed weights. */
export function unitsByGate(
  { cell, options, paddedHiddenSize }: LayerBuffers,
  side: { readonly stride: number; readonly rotation?: number; readonly groups?: number },
): PackedSide {
  return { size: options.hiddenSize, padded: paddedHiddenSize, groups: cell.gates, ...side };
}

/** W_hh, or in training with weight-drop the address of what stands for it. */
export interface RecurrentWeights {
  readonly own: Float32Array;
  readonly dropped: number | undefined;
}

/** Packs W_hh from gate `first` on among the preparations, or what stands for it as the next command. */
export function recurrentPanels(
  layer: LayerBuffers,
  program: Program,
  { own, dropped }: RecurrentWeights,
  first: number,
  { k, n }: { readonly k: PackedSide; readonly n: PackedSide },
): number {
  const { hiddenSize } = layer.options;
  const offset = first * hiddenSize * layer.stateSize * 4;
  return dropped === undefined
    ? preparePanels(program, own.byteOffset + offset, k, n)
    : addPanels(program, dropped + offset, k, n).panels;
}

/** Packs W_hr [P, H], or W_hr^T, among the preparations. */
export function projectionPanels(
  layer: LayerBuffers,
  program: Program,
  { byteOffset }: Float32Array,
  options: { readonly transposed: boolean },
): number {
  const { hiddenSize } = layer.options;
  const states = { stride: hiddenSize, size: layer.stateSize };
  const units = { stride: 1, size: hiddenSize };
  return options.transposed
    ? preparePanels(program, byteOffset, units, { ...states, padded: padded(layer.stateSize) })
    : preparePanels(program, byteOffset, states, { ...units, padded: layer.paddedHiddenSize });
}

/** The input's rows, [T * N, D]. */
export function inputRows(
  { options: { steps, batchSize, inputSize } }: LayerBuffers,
  input: { readonly rows: number; readonly stride: number },
): Matrix {
  return { address: input.rows, rows: steps * batchSize, columns: inputSize, rowStride: input.stride };
}

/** Appends the norm of what the input contributes to all steps, or of its gradients, in place over the gates. */
export function addNormRows(
  layer: LayerBuffers,
  program: Program,
  norm: LayerNormBuffers,
  { backward }: { readonly backward: boolean },
): void {
  const { batchSize, steps, hiddenSize } = layer.options;
  program.add(NORM_ROWS, {
    rows: layer.gates.byteOffset,
    normal: norm.inputNormal,
    scales: norm.inputScales,
    gain: norm.inputGain.byteOffset,
    bias: layer.bias.byteOffset,
    stride: layer.gateStride,
    groups: layer.cell.gates,
    size: hiddenSize,
    padded: layer.paddedHiddenSize,
    count: batchSize * steps,
    backward: backward ? 1 : 0,
  });
  program.join();
}

/** The fields of a TABLE command between weights [G * H, D] and a table [D, gateStride], or back. */
export function tableFields(
  layer: LayerBuffers,
  weights: Float32Array,
  table: number,
  options: { readonly backward: boolean },
): Record<keyof typeof TABLE.fields, number> {
  return {
    weights: weights.byteOffset,
    table,
    tableStride: layer.gateStride,
    tokens: layer.options.inputSize,
    groups: layer.cell.gates,
    hiddenSize: layer.options.hiddenSize,
    paddedHiddenSize: layer.paddedHiddenSize,
    rotation: layer.cell.inputRotation,
    bias: options.backward ? 0 : layer.bias.byteOffset,
    backward: options.backward ? 1 : 0,
  };
}
