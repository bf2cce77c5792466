import type * as tf from '@tensorflow/tfjs-core';
import {
  ArgumentError,
  boolean,
  callback,
  check,
  checkOptions,
  inWords,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';
import { type CustomCellName, type CustomCellParts, registerCell } from '../parameters/custom-cells.js';
import type { CellBuilder, CellStep } from './cell.js';
import { linearMap } from './linear.js';

/** What the formulas of a cell of your own are made of. */
export interface CellProducts {
  /** H */
  readonly hiddenSize: number;
  /** W_ih x + b_ih: [N, D] to [N, G H]; with layer norm, normalized. */
  readonly fromInput: (x: tf.Tensor2D) => tf.Tensor2D;
  /**
   * W_hh h + b_hh: [N, H] to [N, G H]; with layer norm, normalized. While training, dropout of the state and weight-drop act here.
   * Throws for a cell with `recurrent: false`.
   */
  readonly fromHidden: (h: tf.Tensor2D) => tf.Tensor2D;
  /** The cell's further parameters by name. */
  readonly weights: ReadonlyMap<string, tf.Tensor>;
}

/** A cell of your own: the formulas of one step. The layer gives the rest. */
export interface CustomCell extends CustomCellParts {
  /**
   * Is called once per sequence with the layer's products. Returns the formulas of one step: from x_t [N, D] and the state before it to
   * the state after it, whose h [N, H] is the output.
   */
  readonly step: (products: CellProducts) => CellStep;
}

const customCellChecks: OptionChecks<CustomCell> = {
  gates: required(whole({ from: 1 })),
  cellState: boolean,
  recurrent: boolean,
  parameters: callback,
  step: required(callback),
};

const cellName = check(
  'small letters, digits and dashes after a letter',
  (value) => typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value),
);

const builders = new Map<CustomCellName, CellBuilder>();

/**
 * Adds a cell of your own to those that networks are made of. What it returns goes where 'lstm' would: into `customLayer`, a
 * configuration, a language model. Stacks, lengths, both directions, dropout, zoneout, layer norm of the two products, training and
 * saving come from the layer. It runs on the reference path, in tfjs operations.
 *
 * A saved model holds the name. So define the cell before you load the model.
 * @param name small letters, digits and dashes after a letter
 * @throws ArgumentError, for a name that another definition has among others
 */
export function defineCell<Name extends string>(name: Name, cell: CustomCell): `custom:${Name}` {
  cellName('name', name);
  checkOptions<CustomCell>(cell, customCellChecks);
  const key = `custom:${name}` as const;
  registerCell(key, cell);
  builders.set(key, ({ input, recurrent, own = new Map() }, { hiddenSize }) =>
    cell.step({
      hiddenSize,
      fromInput: linearMap(input),
      fromHidden: recurrent ? linearMap(recurrent) : noProduct,
      weights: own,
    }),
  );
  return key;
}

/** The steps of a cell that was defined. */
export function customCellBuilder(name: CustomCellName): CellBuilder {
  return builders.get(name)!;
}

function noProduct(): never {
  throw new ArgumentError('recurrent', 'true for a cell that uses fromHidden', inWords('false'));
}
