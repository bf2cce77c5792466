import { type OptionChecks, required } from '@throughtime/errors';
import type { Engine } from '../engine/engine.js';
import { checkLength, floats } from '../ops/checks.js';
import { type Cell, cellLayout } from './cell.js';

/** The weights of one layer, or their gradients, in the engine's memory; PyTorch's shapes and gate order. */
export interface LayerParameters {
  /** [G * H, D] */
  readonly weightIh: Float32Array;
  /** [G * H, H] */
  readonly weightHh: Float32Array;
  /** [G * H]. Default: no bias. */
  readonly biasIh?: Float32Array;
  /** [G * H]. Default: no bias. */
  readonly biasHh?: Float32Array;
}

export const layerParametersChecks: OptionChecks<LayerParameters> = {
  weightIh: required(floats),
  weightHh: required(floats),
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

/** @throws ArgumentError when a length does not fit `size`, or something lies outside the engine's memory */
export function checkLayerParameters(
  engine: Engine,
  parameters: LayerParameters,
  size: LayerSize,
  what: string,
): void {
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
