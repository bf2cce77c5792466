import {
  boolean,
  type Check,
  callback,
  checkOptions,
  dropRate,
  number,
  type OptionChecks,
  oneOf,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import type { CustomCellName } from '../parameters/custom-cells.js';
import type { Initializer } from '../parameters/initializers.js';
import {
  cellCheck,
  type RecurrentConfig,
  type ZoneoutConfig,
  zoneoutChecks,
} from '../parameters/recurrent-config.js';
import { RecurrentLayer } from './recurrent-layer.js';

/** What every layer has. */
export interface LayerOptions {
  /** D */
  readonly inputSize: number;
  /** H */
  readonly hiddenSize: number;
  /** The source of the initial weights. */
  readonly random: Random;
  /** Default: PyTorch's, uniform in (-1/sqrt(H), 1/sqrt(H)). */
  readonly initializer?: Initializer;
  /** Reads from the last valid step to the first; outputs stay in the order of the inputs. Default: false. */
  readonly reverse?: boolean;
  /** Default: false. */
  readonly layerNorm?: boolean;
  /** Default: none. */
  readonly zoneout?: ZoneoutConfig;
}

/** What layers with a recurrent product have: all but minGRU and minLSTM. */
export interface RecurrentLayerOptions extends LayerOptions {
  /**
   * The probability that a unit of the state is dropped where it enters the recurrent product, for all steps of a chunk. Keras's
   * `recurrent_dropout`, as it acts in its RNN and LSTM. Default: 0.
   */
  readonly recurrentDropout?: number;
  /** The probability that a recurrent weight is dropped for a chunk (weight-drop: Merity et al. 2018). Default: 0. */
  readonly weightDrop?: number;
}

const layerChecks: OptionChecks<LayerOptions> = {
  inputSize: required(whole({ from: 1 })),
  hiddenSize: required(whole({ from: 1 })),
  random: required(randomSource),
  initializer: callback,
  reverse: boolean,
  layerNorm: boolean,
  zoneout: record(zoneoutChecks),
};

const recurrentLayerChecks: OptionChecks<RecurrentLayerOptions> = {
  ...layerChecks,
  recurrentDropout: dropRate,
  weightDrop: dropRate,
};

/** Options of {@link rnn}. */
export interface RnnOptions extends RecurrentLayerOptions {
  /** Default: 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/**
 * A layer of Elman's network: h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh).
 * @throws ArgumentError
 */
export function rnn(options: RnnOptions): RecurrentLayer {
  checkOptions<RnnOptions>(options, { ...recurrentLayerChecks, nonlinearity: oneOf(['tanh', 'relu']) });
  const { nonlinearity = 'tanh' } = options;
  return new RecurrentLayer({ ...recurrentConfig('rnn', options), nonlinearity }, options);
}

/** Options of {@link gru}. */
export interface GruOptions extends RecurrentLayerOptions {
  /** Whether the reset acts after the recurrent product, as in PyTorch. Default: true. */
  readonly resetAfter?: boolean;
}

/**
 * A layer of gated recurrent units.
 * @throws ArgumentError
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { Random } from '@throughtime/random';
 * import { gru } from '@throughtime/rnn-cells/tfjs';
 * const layer = gru({ inputSize: 3, hiddenSize: 8, random: Random.seeded(1) });
 * const { outputs, state } = layer.unroll(tf.zeros([2, 5, 3])); // outputs [2, 5, 8], state[0].h [2, 8]
 * ```
 */
export function gru(options: GruOptions): RecurrentLayer {
  checkOptions<GruOptions>(options, { ...recurrentLayerChecks, resetAfter: boolean });
  const { resetAfter = true } = options;
  return new RecurrentLayer({ ...recurrentConfig('gru', options), resetAfter }, options);
}

/** Options of {@link lstm}. */
export interface LstmOptions extends RecurrentLayerOptions {
  /** The initial forget bias. Default: as the initializer leaves it (PyTorch); Keras has 1. */
  readonly forgetBias?: number;
  /** Default: false. */
  readonly peephole?: boolean;
  /** P < H: the hidden state is projected to this size. Default: none. */
  readonly projectionSize?: number;
}

/**
 * A layer of long short-term memory.
 * @throws ArgumentError
 */
export function lstm(options: LstmOptions): RecurrentLayer {
  checkOptions<LstmOptions>(options, {
    ...recurrentLayerChecks,
    forgetBias: number(),
    peephole: boolean,
    projectionSize: whole({ from: 1 }),
  });
  const { peephole = false, projectionSize } = options;
  const config = { ...recurrentConfig('lstm', options), peephole };
  return new RecurrentLayer(projectionSize === undefined ? config : { ...config, projectionSize }, options);
}

/**
 * A layer of minimal gated units, whose gates see the input only (Feng et al. 2024).
 * @throws ArgumentError
 */
export function minGru(options: LayerOptions): RecurrentLayer {
  checkOptions<LayerOptions>(options, layerChecks);
  return new RecurrentLayer(layerConfig('mingru', options), options);
}

/**
 * A layer of minimal LSTM units (Feng et al. 2024).
 * @throws ArgumentError
 */
export function minLstm(options: LayerOptions): RecurrentLayer {
  checkOptions<LayerOptions>(options, layerChecks);
  return new RecurrentLayer(layerConfig('minlstm', options), options);
}

/** Options of {@link customLayer}. */
export interface CustomLayerOptions extends RecurrentLayerOptions {
  /** What `defineCell` returned. */
  readonly cell: CustomCellName;
}

/**
 * A layer of a cell of your own.
 * @throws ArgumentError
 */
export function customLayer(options: CustomLayerOptions): RecurrentLayer {
  checkOptions<CustomLayerOptions>(options, {
    ...recurrentLayerChecks,
    cell: required(cellCheck as Check<CustomCellName>),
  });
  return new RecurrentLayer(recurrentConfig(options.cell, options), options);
}

function layerConfig(
  cell: RecurrentConfig['cell'],
  { inputSize, hiddenSize, layerNorm = false, zoneout = {} }: LayerOptions,
): RecurrentConfig {
  return { cell, inputSize, hiddenSize, layerNorm, zoneout };
}

function recurrentConfig(cell: RecurrentConfig['cell'], options: RecurrentLayerOptions): RecurrentConfig {
  const { recurrentDropout = 0, weightDrop = 0 } = options;
  const dropout = { state: recurrentDropout, recurrentWeights: weightDrop };
  return { ...layerConfig(cell, options), dropout };
}
