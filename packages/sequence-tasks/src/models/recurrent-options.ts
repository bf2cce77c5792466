import { type OptionChecks, record, whole } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import {
  type Allocator,
  type CellName,
  cellCheck,
  type DropoutConfig,
  dropoutChecks,
  type RecurrentConfig,
} from '@throughtime/rnn-cells';

/** The recurrent part of a model: what all tasks share. Plain data, fit for JSON. */
export interface TaskNetworkOptions {
  /** E, the size of a token's learned vector. Default 64. */
  readonly embeddingSize?: number;
  /** Default 'gru': a quarter cheaper than an LSTM, and as good on short sequences. */
  readonly cell?: CellName;
  /** H. Default 64. */
  readonly hiddenSize?: number;
  /** Default 1. */
  readonly layers?: number;
  /** Dropout while training. Default: none. */
  readonly dropout?: DropoutConfig;
}

/** What a model takes besides its configuration. */
export interface TaskModelOptions {
  /** Draws the starting weights. */
  readonly random: Random;
  /** Where the parameters lie. Default: ordinary arrays. */
  readonly allocator?: Allocator;
}

const size = whole({ from: 1 });

export const recurrentOptionChecks: OptionChecks<TaskNetworkOptions> = {
  embeddingSize: size,
  cell: cellCheck,
  hiddenSize: size,
  layers: size,
  dropout: record<DropoutConfig>(dropoutChecks),
};

/** The size of tokens' vectors where none is said. */
export const defaultSize = 64;

/** A recurrent network of these options. */
export function recurrentConfig(
  { cell = 'gru', hiddenSize = defaultSize, layers = 1, dropout = {} }: TaskNetworkOptions,
  rest: Pick<RecurrentConfig, 'inputSize' | 'bidirectional'>,
): RecurrentConfig {
  return { cell, hiddenSize, layers, dropout, ...rest };
}
