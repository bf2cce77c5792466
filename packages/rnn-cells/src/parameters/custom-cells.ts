import { ArgumentError } from '@throughtime/errors';
import type { ParameterShape } from './parameter-shape.js';

/** What `defineCell` returns; the `cell` of a configuration. */
export type CustomCellName = `custom:${string}`;

/** What the parameters and the state of a cell of the user's own consist of. */
export interface CustomCellParts {
  /** G: `weight_ih` is [G H, D], `weight_hh` [G H, H], and the two biases are [G H]. */
  readonly gates: number;
  /** Whether the state has a second part, c [N, H], beside h. Default: false. */
  readonly cellState?: boolean;
  /** Whether the gates see h: whether there are `weight_hh` and `bias_hh`. Default: true. */
  readonly recurrent?: boolean;
  /**
   * Further parameters of a layer in one direction: their names without a layer's suffix, their shapes, and their roles for the
   * initializer. `inputSize` is that of the layer. Default: none.
   */
  readonly parameters?: (sizes: {
    readonly inputSize: number;
    readonly hiddenSize: number;
  }) => readonly ParameterShape[];
}

const defined = new Map<CustomCellName, CustomCellParts>();

/** @throws ArgumentError for a name that another cell has */
export function registerCell(name: CustomCellName, parts: CustomCellParts): void {
  const before = defined.get(name);
  if (before !== undefined && before !== parts) {
    throw new ArgumentError('name', 'a name that no other cell has', name.slice('custom:'.length));
  }
  defined.set(name, parts);
}

/** The parts of a cell of the user's own; undefined for one that was not defined, or one of ours. */
export function customCell(name: string): CustomCellParts | undefined {
  return defined.get(name as CustomCellName);
}
