import {
  ArgumentError,
  either,
  inWords,
  list,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';
import type { Engine } from '../engine/engine.js';
import { checkLength, floats } from '../ops/checks.js';
import { type Cell, cellLayout, isRecurrent } from './cell.js';

/** The weights of one layer, or their gradients, in the engine's memory; PyTorch's shapes and gate order. */
export interface LayerParameters {
  /** [G * H, D] */
  readonly weightIh: Float32Array;
  /** [G * H, H]; none where the gates see the input only (minGRU, minLSTM). */
  readonly weightHh?: Float32Array;
  /** [G * H]. Default: no bias. */
  readonly biasIh?: Float32Array;
  /** [G * H]. Default: no bias. None without `weightHh`. */
  readonly biasHh?: Float32Array;
}

export const layerParametersChecks: OptionChecks<LayerParameters> = {
  weightIh: required(floats),
  weightHh: floats,
  biasIh: floats,
  biasHh: floats,
};

export interface LayerSize {
  readonly cell: Cell;
  /** D */
  readonly inputSize: number;
  /** H */
  readonly hiddenSize: number;
}

/** H of each layer, bottom first, or one number for all. */
export type HiddenSize = number | readonly number[];

export const hiddenSizeCheck = either(whole({ from: 1 }), list(whole({ from: 1 }), { length: { from: 1 } }));

/**
 * The sizes of layers on top of one another, each reading the outputs of the one below.
 * @throws ArgumentError unless there is one hidden size for each
 */
export function layerSizes(
  {
    cell,
    inputSize,
    hiddenSize,
  }: { readonly cell: Cell; readonly inputSize: number; readonly hiddenSize: HiddenSize },
  layers: number,
): LayerSize[] {
  const sizes = typeof hiddenSize === 'number' ? Array<number>(layers).fill(hiddenSize) : hiddenSize;
  checkLength('hiddenSize', sizes, layers, 'one for each layer');
  return sizes.map((size, i) => ({ cell, inputSize: i > 0 ? sizes[i - 1] : inputSize, hiddenSize: size }));
}

/** @throws ArgumentError when a length does not fit `size`, or something lies outside the engine's memory */
export function checkLayerParameters(
  engine: Engine,
  parameters: LayerParameters,
  size: LayerSize,
  what: string,
): void {
  const { weightHh, biasHh } = parameters;
  if (isRecurrent(size.cell)) required(floats)(`${what}.weightHh`, weightHh);
  else if (weightHh || biasHh) {
    const expected = `none for cell '${size.cell}', whose gates see the input only`;
    throw new ArgumentError(`${what}.${weightHh ? 'weightHh' : 'biasHh'}`, expected, inWords('one'));
  }
  const rows = cellLayout(size.cell).gates * size.hiddenSize;
  const expected: [keyof LayerParameters, number, string][] = [
    ['weightIh', rows * size.inputSize, '[G * H, D]'],
    ['weightHh', rows * size.hiddenSize, '[G * H, H]'],
    ['biasIh', rows, '[G * H]'],
    ['biasHh', rows, '[G * H]'],
  ];
  for (const [name, length, shape] of expected) {
    const view = parameters[name];
    if (!view) continue;
    checkLength(`${what}.${name}`, view, length, shape);
    engine.memory.address(view, `${what}.${name}`);
  }
}
