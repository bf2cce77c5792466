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
  /** [G * H, H], or [G * H, P] with a projection; none where the gates see the input only (minGRU, minLSTM). */
  readonly weightHh?: Float32Array;
  /** [G * H]. Default: no bias. */
  readonly biasIh?: Float32Array;
  /** [G * H]. Default: no bias. None without `weightHh`. */
  readonly biasHh?: Float32Array;
  /** [P, H]: what an `lstm` with a `projectionSize` multiplies o tanh(c) by. */
  readonly weightHr?: Float32Array;
  /** [3, H], rows i, f, o: peepholes of an `lstm`, weights of c in these gates. Default: none. */
  readonly weightPeephole?: Float32Array;
  /** [G * H]: gains of layer norm, after the product with the input. Default: no layer norm. */
  readonly gainIh?: Float32Array;
  /** [G * H]: after that with the state. Needed with `gainIh` where there is `weightHh`. */
  readonly gainHh?: Float32Array;
  /** [H]: gain and bias of the norm of an `lstm`'s c. Needed with `gainIh`. */
  readonly gainCell?: Float32Array;
  /** [H]: the bias of that norm. Needed with `gainIh`. */
  readonly biasCell?: Float32Array;
}

export const layerParametersChecks: OptionChecks<LayerParameters> = {
  weightIh: required(floats),
  weightHh: floats,
  biasIh: floats,
  biasHh: floats,
  weightHr: floats,
  weightPeephole: floats,
  gainIh: floats,
  gainHh: floats,
  gainCell: floats,
  biasCell: floats,
};

export interface LayerSize {
  readonly cell: Cell;
  /** D */
  readonly inputSize: number;
  /** H */
  readonly hiddenSize: number;
  /** P, the size of h where it is projected; of an `lstm`, below H. */
  readonly projectionSize?: number | undefined;
}

/** The check of an option `projectionSize`. */
export const projectionSizeCheck = whole({ from: 1 });

/** The size of a layer's h. */
export function stateSizeOf({ hiddenSize, projectionSize }: LayerSize): number {
  return projectionSize ?? hiddenSize;
}

/** H of each layer, bottom first, or one number for all. */
export type HiddenSize = number | readonly number[];

export const hiddenSizeCheck = either(whole({ from: 1 }), list(whole({ from: 1 }), { length: { from: 1 } }));

/**
 * The sizes of layers on top of one another, each reading the outputs of the one below.
 * @throws ArgumentError unless there is one hidden size for each, or where there can be no projection
 */
export function layerSizes(
  {
    cell,
    inputSize,
    hiddenSize,
    projectionSize,
  }: {
    readonly cell: Cell;
    readonly inputSize: number;
    readonly hiddenSize: HiddenSize;
    readonly projectionSize?: number | undefined;
  },
  layers: number,
): LayerSize[] {
  const sizes = typeof hiddenSize === 'number' ? Array<number>(layers).fill(hiddenSize) : hiddenSize;
  checkLength('hiddenSize', sizes, layers, 'one for each layer');
  if (projectionSize !== undefined && (cell !== 'lstm' || sizes.some((size) => size <= projectionSize))) {
    const expected =
      cell === 'lstm' ? `less than hiddenSize, ${Math.min(...sizes)}` : `none for cell '${cell}'`;
    throw new ArgumentError('projectionSize', expected, projectionSize);
  }
  return sizes.map((size, i) => ({
    cell,
    inputSize: i > 0 ? (projectionSize ?? sizes[i - 1]) : inputSize,
    hiddenSize: size,
    projectionSize,
  }));
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
  refuseParts(parameters, size, what);
  const { hiddenSize } = size;
  const rows = cellLayout(size.cell).gates * hiddenSize;
  const stateSize = stateSizeOf(size);
  const expected: [keyof LayerParameters, number, string][] = [
    ['weightIh', rows * size.inputSize, '[G * H, D]'],
    ['weightHh', rows * stateSize, size.projectionSize === undefined ? '[G * H, H]' : '[G * H, P]'],
    ['biasIh', rows, '[G * H]'],
    ['biasHh', rows, '[G * H]'],
    ['weightHr', stateSize * hiddenSize, '[P, H]'],
    ['weightPeephole', 3 * hiddenSize, '[3, H]'],
    ['gainIh', rows, '[G * H]'],
    ['gainHh', rows, '[G * H]'],
    ['gainCell', hiddenSize, '[H]'],
    ['biasCell', hiddenSize, '[H]'],
  ];
  for (const [name, length, shape] of expected) {
    const view = parameters[name];
    if (!view) continue;
    checkLength(`${what}.${name}`, view, length, shape);
    engine.memory.address(view, `${what}.${name}`);
  }
}

/** @throws ArgumentError where a part is there that its cell does not have, or missing where another needs it */
function refuseParts(parameters: LayerParameters, { cell, projectionSize }: LayerSize, what: string): void {
  const norm = parameters.gainIh !== undefined;
  const parts: [keyof LayerParameters, boolean][] = [
    ['weightHr', projectionSize !== undefined],
    ['gainHh', norm && isRecurrent(cell)],
    ['gainCell', norm && cell === 'lstm'],
    ['biasCell', norm && cell === 'lstm'],
    ['weightPeephole', cell === 'lstm' && parameters.weightPeephole !== undefined],
  ];
  for (const [name, has] of parts) {
    if (has) required(floats)(`${what}.${name}`, parameters[name]);
    else if (parameters[name])
      throw new ArgumentError(`${what}.${name}`, 'none in such a layer', inWords('one'));
  }
}
