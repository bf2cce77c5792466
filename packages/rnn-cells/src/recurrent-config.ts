import { InvalidRecurrentConfigError } from './errors.js';

/**
 * - `rnn`: Elman's network, h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)
 * - `gru`, `lstm`: as PyTorch defines them
 * - `mingru`, `minlstm`: gates that see the input only (Feng et al. 2024, "Were RNNs all we needed?")
 */
export type CellName = 'rnn' | 'gru' | 'lstm' | 'mingru' | 'minlstm';

/** A recurrent network: which cell, how large, and how its layers are stacked. Plain data, fit for JSON. */
export interface RecurrentConfig {
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
  /** Normalises each layer's two products, and an `lstm`'s cell (Ba et al. 2016). Default: false. */
  readonly layerNorm?: boolean;
  /** Lets the gates of an `lstm` see its cell (Gers & Schmidhuber 2000). Default: false. */
  readonly peephole?: boolean;
  /** P: an `lstm`'s hidden state is projected to this size (Sak et al. 2014; PyTorch's proj_size). Default: none. */
  readonly projectionSize?: number;
  /** Adds each layer's input to its output, from the second layer on. Default: false. */
  readonly residual?: boolean;
  /** Dropout while training. Default: none. */
  readonly dropout?: DropoutConfig;
  /** Keeps units at their old value while training (Krueger et al. 2017). Default: none. */
  readonly zoneout?: ZoneoutConfig;
}

/** Probabilities of dropping a value, each 0 by default. What is kept is scaled by 1 / (1 - p). */
export interface DropoutConfig {
  /** On the inputs of the first layer. */
  readonly input?: number;
  /** Between layers. */
  readonly between?: number;
  /** On the outputs of the last layer. The PTB code's `keep` is input = between = output = 1 - keep. */
  readonly output?: number;
  /** One mask for all steps of a chunk ("variational": Gal & Ghahramani 2016). Default: false, a mask a step. */
  readonly locked?: boolean;
  /**
   * On the state where it enters the recurrent product, one mask for all steps of a chunk (Gal & Ghahramani 2016; Keras's
   * `recurrent_dropout`). What passes from step to step without a product (c, and z h of a GRU) is not touched.
   */
  readonly state?: number;
  /** On the recurrent weights, one mask a chunk (weight-drop: Merity et al. 2018). */
  readonly recurrentWeights?: number;
}

/** Probabilities that a unit keeps its old value in a step, each 0 by default; evaluation takes the mean instead. */
export interface ZoneoutConfig {
  readonly hidden?: number;
  /** For an `lstm`. */
  readonly cell?: number;
}

/** A configuration with every default filled in. */
export interface ResolvedConfig
  extends Required<Omit<RecurrentConfig, 'projectionSize'>>,
    Pick<RecurrentConfig, 'projectionSize'> {
  readonly dropout: Required<DropoutConfig>;
  readonly zoneout: Required<ZoneoutConfig>;
  /** G: how many blocks of H rows a weight has. */
  readonly gates: number;
  /** 1, or 2 when bidirectional. */
  readonly directions: number;
  /** The size of a layer's hidden state h: P where there is a projection, H otherwise. */
  readonly stateSize: number;
  /** The size of an output: `stateSize` times `directions`. */
  readonly outputSize: number;
}

const gateCounts: Readonly<Record<CellName, number>> = { rnn: 1, gru: 3, lstm: 4, mingru: 2, minlstm: 3 };

const noDropout: Required<DropoutConfig> = {
  input: 0,
  between: 0,
  output: 0,
  locked: false,
  state: 0,
  recurrentWeights: 0,
};
const noZoneout: Required<ZoneoutConfig> = { hidden: 0, cell: 0 };

/** Beyond any network that was ever trained: what lists layers must not be made to list billions by a damaged file. */
const mostLayers = 1000;

/**
 * Checks a configuration and fills in its defaults.
 * @throws InvalidRecurrentConfigError naming the field that cannot be
 */
export function resolveConfig(config: RecurrentConfig): ResolvedConfig {
  const { cell, hiddenSize, projectionSize, bidirectional = false } = config;
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
    dropout: { ...noDropout, ...config.dropout },
    zoneout: { ...noZoneout, ...config.zoneout },
    gates: gateCounts[cell],
    directions,
    stateSize,
    outputSize: stateSize * directions,
  };
  check(resolved);
  return resolved;
}

function check(config: ResolvedConfig): void {
  const { cell, dropout, zoneout } = config;
  if (!(cell in gateCounts)) fail('cell', Object.keys(gateCounts).join(', '), cell);
  checkSize('inputSize', config.inputSize);
  checkSize('hiddenSize', config.hiddenSize);
  checkSize('layers', config.layers);
  if (config.layers > mostLayers) fail('layers', `at most ${mostLayers}`, config.layers);
  if (config.projectionSize !== undefined) checkSize('projectionSize', config.projectionSize);

  const { nonlinearity } = config;
  if (nonlinearity !== 'tanh' && nonlinearity !== 'relu') fail('nonlinearity', 'tanh or relu', nonlinearity);
  if (nonlinearity !== 'tanh' && cell !== 'rnn')
    fail('nonlinearity', `tanh for cell '${cell}'`, nonlinearity);
  if (!config.resetAfter && cell !== 'gru') fail('resetAfter', `true for cell '${cell}'`, false);
  if (config.peephole && cell !== 'lstm') fail('peephole', `false for cell '${cell}'`, true);
  if (config.projectionSize !== undefined && cell !== 'lstm') {
    fail('projectionSize', `undefined for cell '${cell}'`, config.projectionSize);
  }
  if (zoneout.cell > 0 && cell !== 'lstm') fail('zoneout.cell', `0 for cell '${cell}'`, zoneout.cell);
  for (const name of ['state', 'recurrentWeights'] as const) {
    if (dropout[name] > 0 && cell.startsWith('min'))
      fail(`dropout.${name}`, `0 for cell '${cell}', which has no recurrent product`, dropout[name]);
  }

  checkNames('dropout', dropout, noDropout);
  checkNames('zoneout', zoneout, noZoneout);
  for (const name of ['input', 'between', 'output', 'state', 'recurrentWeights'] as const) {
    checkProbability(`dropout.${name}`, dropout[name]);
  }
  checkProbability('zoneout.hidden', zoneout.hidden);
  checkProbability('zoneout.cell', zoneout.cell);
}

function checkSize(field: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) fail(field, 'a whole number of at least 1', value);
}

/** A rate under a name that is not known would drop nothing, and say nothing. */
function checkNames(field: string, given: object, known: object): void {
  const names = Object.keys(known);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) fail(field, `no fields but ${names.join(', ')}`, unknown);
}

function checkProbability(field: string, value: number): void {
  if (!(value >= 0 && value < 1)) fail(field, 'a probability in [0, 1)', value);
}

function fail(field: string, expected: string, got: unknown): never {
  throw new InvalidRecurrentConfigError(field, expected, got);
}
