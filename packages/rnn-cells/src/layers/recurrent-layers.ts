import type { RecurrentConfig } from '../recurrent-config.js';
import { RecurrentLayer, type RecurrentLayerOptions } from './recurrent-layer.js';

export interface RnnOptions extends RecurrentLayerOptions {
  /** Default: 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/**
 * A layer of Elman's network: h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh).
 * @throws ArgumentError
 */
export function rnn(options: RnnOptions): RecurrentLayer {
  const { nonlinearity = 'tanh' } = options;
  return new RecurrentLayer({ ...layerConfig('rnn', options), nonlinearity }, options);
}

export interface GruOptions extends RecurrentLayerOptions {
  /** Whether the reset acts after the recurrent product, as in PyTorch. Default: true. */
  readonly resetAfter?: boolean;
}

/**
 * A layer of gated recurrent units.
 * @throws ArgumentError
 */
export function gru(options: GruOptions): RecurrentLayer {
  const { resetAfter = true } = options;
  return new RecurrentLayer({ ...layerConfig('gru', options), resetAfter }, options);
}

export interface LstmOptions extends RecurrentLayerOptions {
  /** The initial forget bias. Default: as the initialiser leaves it (PyTorch); Keras has 1. */
  readonly forgetBias?: number;
  readonly peephole?: boolean;
  /** P: the hidden state is projected to this size. Default: none. */
  readonly projectionSize?: number;
}

/**
 * A layer of long short-term memory.
 * @throws ArgumentError
 */
export function lstm(options: LstmOptions): RecurrentLayer {
  const { peephole = false, projectionSize } = options;
  const config = { ...layerConfig('lstm', options), peephole };
  return new RecurrentLayer(projectionSize === undefined ? config : { ...config, projectionSize }, options);
}

/** A layer of minimal gated units, whose gates see the input only (Feng et al. 2024). */
export function minGru(options: RecurrentLayerOptions): RecurrentLayer {
  return new RecurrentLayer(layerConfig('mingru', options), options);
}

/** A layer of minimal LSTM units (Feng et al. 2024). */
export function minLstm(options: RecurrentLayerOptions): RecurrentLayer {
  return new RecurrentLayer(layerConfig('minlstm', options), options);
}

function layerConfig(cell: RecurrentConfig['cell'], options: RecurrentLayerOptions): RecurrentConfig {
  const {
    inputSize,
    hiddenSize,
    layerNorm = false,
    zoneout = {},
    recurrentDropout = 0,
    weightDrop = 0,
  } = options;
  return {
    cell,
    inputSize,
    hiddenSize,
    layerNorm,
    zoneout,
    dropout: { state: recurrentDropout, recurrentWeights: weightDrop },
  };
}
