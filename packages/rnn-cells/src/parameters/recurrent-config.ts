import {
  ArgumentError,
  boolean,
  type Check,
  checkOptions,
  dropRate,
  type OptionChecks,
  oneOf,
  record,
  required,
  whole,
  withExpected,
} from '@throughtime/errors';
import { type CustomCellName, customCell } from './custom-cells.js';

/**
 * - `rnn`: Elman's network, h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)
 * - `gru`, `lstm`: as PyTorch defines them
 * - `mingru`, `minlstm`: gates that see the input only (Feng et al. 2024, "Were RNNs all we needed?")
 */
export type BuiltInCellName = 'rnn' | 'gru' | 'lstm' | 'mingru' | 'minlstm';

/** A cell of ours, or one of your own by the name that `defineCell` returned: 'custom:mgu'. */
export type CellName = BuiltInCellName | CustomCellName;

/** A recurrent network: which cell, how large, and how its layers are stacked. Plain data, fit for JSON. */
export interface RecurrentConfig {
  /** Which cell all layers have. */
  readonly cell: CellName;
  /** D, the size of one input. */
  readonly inputSize: number;
  /** H, the size of the hidden state. */
  readonly hiddenSize: number;
  /** Layers on top of one another, at most 1,000. Default: 1. */
  readonly layers?: number;
  /** What an `rnn` passes its sum through. Default: 'tanh', as in the chapter and PyTorch. */
  readonly nonlinearity?: 'tanh' | 'relu';
  /**
   * Whether a `gru` resets after the recurrent product. Default: true, as PyTorch; false is Cho et al. 2014 and
   * the chapter.
   */
  readonly resetAfter?: boolean;
  /** Runs a second network from the end to the start in each layer; outputs are [N, T, 2H]. Default: false. */
  readonly bidirectional?: boolean;
  /** Normalizes each layer's two products, and an `lstm`'s cell (Ba et al. 2016). Default: false. */
  readonly layerNorm?: boolean;
  /** Lets the gates of an `lstm` see its cell (Gers & Schmidhuber 2000). Default: false. */
  readonly peephole?: boolean;
  /** P < H: an `lstm`'s hidden state is projected to this size (Sak et al. 2014; PyTorch's proj_size). Default: none. */
  readonly projectionSize?: number;
  /** Adds each layer's input to its output, from the second layer on. Default: false. */
  readonly residual?: boolean;
  /** Dropout while training. Default: none. */
  readonly dropout?: DropoutConfig;
  /** Keeps units at their old value while training (Krueger et al. 2017). Default: none. */
  readonly zoneout?: ZoneoutConfig;
}

/** Probabilities p of dropping a value, each 0 by default. Values that are kept are scaled by 1 / (1 - p). */
export interface DropoutConfig {
  /** On the inputs of the first layer. */
  readonly input?: number;
  /** Between layers. */
  readonly between?: number;
  /** On the outputs of the last layer. The PTB code's `keep` is input = between = output = 1 - keep. */
  readonly output?: number;
  /** One mask for all steps of a chunk ("variational": Gal & Ghahramani 2016). Default: false, one mask per step. */
  readonly locked?: boolean;
  /**
   * On the state where it enters the recurrent product, one mask for all steps of a chunk (Gal & Ghahramani 2016; Keras's
   * `recurrent_dropout`). It leaves alone what passes from step to step without a product: c, and z h of a GRU.
   */
  readonly state?: number;
  /** On the recurrent weights, one mask per chunk (weight-drop: Merity et al. 2018). */
  readonly recurrentWeights?: number;
}

/** Probabilities that a unit keeps its old value in a step, each 0 by default; evaluation takes the mean instead. */
export interface ZoneoutConfig {
  /** For h, in any cell. */
  readonly hidden?: number;
  /** For an `lstm`, or a cell of your own with `cellState`. */
  readonly cell?: number;
}

/** A configuration with every default filled in. */
export interface ResolvedConfig
  extends Required<Omit<RecurrentConfig, 'projectionSize'>>,
    Pick<RecurrentConfig, 'projectionSize'> {
  /** Every probability; 0 where none was given. */
  readonly dropout: Required<DropoutConfig>;
  /** Both probabilities; 0 where none was given. */
  readonly zoneout: Required<ZoneoutConfig>;
  /** G: how many blocks of H rows each weight has. */
  readonly gates: number;
  /** Whether the state has a second part, c [N, H]. */
  readonly cellState: boolean;
  /** Whether the cell has a product with h, and so `weight_hh` and `bias_hh`. */
  readonly recurrent: boolean;
  /** 1, or 2 when bidirectional. */
  readonly directions: number;
  /** The size of a layer's hidden state h: P where there is a projection, H otherwise. */
  readonly stateSize: number;
  /** The size of an output: `stateSize` times `directions`. */
  readonly outputSize: number;
}

/** Upper bound on layers, so that a corrupt file cannot make us allocate billions. */
const mostLayers = 1000;

/** What a cell's parameters and state consist of. */
interface CellParts {
  /** G: blocks of H rows of `weight_ih` and `weight_hh`. */
  readonly gates: number;
  /** Whether the state has a second part, c [N, H]. */
  readonly cellState: boolean;
  /** Whether there is a product with h, and so `weight_hh` and `bias_hh`. */
  readonly recurrent: boolean;
}

const builtInCells: Readonly<Record<BuiltInCellName, CellParts>> = {
  rnn: { gates: 1, cellState: false, recurrent: true },
  gru: { gates: 3, cellState: false, recurrent: true },
  lstm: { gates: 4, cellState: true, recurrent: true },
  mingru: { gates: 2, cellState: false, recurrent: false },
  minlstm: { gates: 3, cellState: false, recurrent: false },
};

export const builtInCellNames = Object.keys(builtInCells) as BuiltInCellName[];

/** Whether a cell is one of ours, which the engine computes. */
export function isBuiltIn(cell: CellName): cell is BuiltInCellName {
  return Object.hasOwn(builtInCells, cell);
}

const builtInCell = oneOf(builtInCellNames);

/** One of ours, or of those that were defined. */
export const cellCheck: Check<CellName> = withExpected(builtInCell.expected, (argument, value) => {
  if (typeof value !== 'string' || !value.startsWith('custom:')) return builtInCell(argument, value);
  if (customCell(value) !== undefined) return value as CustomCellName;
  throw new ArgumentError(argument, 'a cell that defineCell has defined before', value);
});

function cellParts(cell: CellName): CellParts {
  if (isBuiltIn(cell)) return builtInCells[cell];
  const custom = customCell(cell)!;
  return { gates: custom.gates, cellState: custom.cellState ?? false, recurrent: custom.recurrent ?? true };
}

/** The checks of {@link DropoutConfig}, for options that contain one. */
export const dropoutChecks: OptionChecks<DropoutConfig> = {
  input: dropRate,
  between: dropRate,
  output: dropRate,
  locked: boolean,
  state: dropRate,
  recurrentWeights: dropRate,
};

/** The checks of {@link ZoneoutConfig}, for options that contain one. */
export const zoneoutChecks: OptionChecks<ZoneoutConfig> = { hidden: dropRate, cell: dropRate };

/** The checks of {@link RecurrentConfig}, for options that contain one. */
export const recurrentConfigChecks: OptionChecks<RecurrentConfig> = {
  cell: required(cellCheck),
  inputSize: required(whole({ from: 1 })),
  hiddenSize: required(whole({ from: 1 })),
  layers: whole({ from: 1, to: mostLayers }),
  nonlinearity: oneOf(['tanh', 'relu']),
  resetAfter: boolean,
  bidirectional: boolean,
  layerNorm: boolean,
  peephole: boolean,
  projectionSize: whole({ from: 1 }),
  residual: boolean,
  dropout: record(dropoutChecks),
  zoneout: record(zoneoutChecks),
};

const resolvedBefore = new WeakSet<RecurrentConfig>();

/**
 * Checks a configuration and fills in its defaults. One that was resolved before is returned as it is.
 * @throws ArgumentError that names the field
 */
export function resolveConfig(config: RecurrentConfig): ResolvedConfig {
  if (resolvedBefore.has(config)) return config as ResolvedConfig;
  checkOptions<RecurrentConfig>(config, recurrentConfigChecks);
  const { cell, hiddenSize, projectionSize, bidirectional = false, dropout = {}, zoneout = {} } = config;
  const directions = bidirectional ? 2 : 1;
  const stateSize = projectionSize ?? hiddenSize;
  const resolved: ResolvedConfig = {
    cell,
    inputSize: config.inputSize,
    hiddenSize,
    layers: config.layers ?? 1,
    nonlinearity: config.nonlinearity ?? 'tanh',
    resetAfter: config.resetAfter ?? true,
    bidirectional,
    layerNorm: config.layerNorm ?? false,
    peephole: config.peephole ?? false,
    ...(projectionSize !== undefined && { projectionSize }),
    residual: config.residual ?? false,
    dropout: {
      input: dropout.input ?? 0,
      between: dropout.between ?? 0,
      output: dropout.output ?? 0,
      locked: dropout.locked ?? false,
      state: dropout.state ?? 0,
      recurrentWeights: dropout.recurrentWeights ?? 0,
    },
    zoneout: { hidden: zoneout.hidden ?? 0, cell: zoneout.cell ?? 0 },
    ...cellParts(cell),
    directions,
    stateSize,
    outputSize: stateSize * directions,
  };
  checkCell(resolved);
  resolvedBefore.add(resolved);
  return resolved;
}

/** Refuses what the cell does not have. */
function checkCell({ cell, dropout, zoneout, ...config }: ResolvedConfig): void {
  const refuse = (field: string, expected: string, got: unknown): never => {
    throw new ArgumentError(field, `${expected} for cell '${cell}'`, got);
  };
  if (config.nonlinearity !== 'tanh' && cell !== 'rnn') refuse('nonlinearity', "'tanh'", config.nonlinearity);
  if (!config.resetAfter && cell !== 'gru') refuse('resetAfter', 'true', false);
  if (config.peephole && cell !== 'lstm') refuse('peephole', 'false', true);
  if (config.projectionSize !== undefined && cell !== 'lstm') {
    refuse('projectionSize', 'undefined', config.projectionSize);
  }
  if (config.projectionSize !== undefined && config.projectionSize >= config.hiddenSize) {
    // As PyTorch: weights of such a network would load nowhere.
    const expected = `a whole number below hiddenSize, ${config.hiddenSize}`;
    throw new ArgumentError('projectionSize', expected, config.projectionSize);
  }
  if (zoneout.cell > 0 && !config.cellState) refuse('zoneout.cell', '0', zoneout.cell);
  for (const name of ['state', 'recurrentWeights'] as const) {
    if (dropout[name] === 0 || config.recurrent) continue;
    const expected = `0 for cell '${cell}', which has no recurrent product`;
    throw new ArgumentError(`dropout.${name}`, expected, dropout[name]);
  }
}
