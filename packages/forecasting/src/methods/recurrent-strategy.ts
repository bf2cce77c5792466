import type { Parameter, TrainableModel } from '@throughtime/bptt-trainer';
import { ArgumentError } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import type { NetworkPath, SequenceConfig } from '../network/create-executor.js';
import type { ExampleBatch } from '../network/examples.js';
import type { HeadOptions } from '../network/head.js';
import type { LagInputs } from '../network/lag-inputs.js';
import type { EncodedSeries } from '../network/series-encoder.js';
import { directStrategy } from './direct-strategy.js';
import { encoderDecoderStrategy } from './encoder-decoder-strategy.js';
import type { Forecast } from './forecast.js';
import type { ForecastRequest } from './method.js';
import { recursiveStrategy } from './recursive-strategy.js';
import type { SequenceWindow } from './sequence-examples.js';

export type StrategyName = 'recursive' | 'direct' | 'encoder-decoder';

export interface StrategyOptions {
  readonly config: SequenceConfig;
  readonly path: NetworkPath | undefined;
  readonly contextLength: number; // L
  /** Steps that are predicted at once, or by the decoder. */
  readonly steps: number; // H
  readonly inputs: LagInputs;
  readonly head: HeadOptions;
  readonly random: Random;
}

interface StrategyRequest {
  readonly name: string;
  readonly variables: readonly string[];
  readonly request: ForecastRequest;
  readonly random: Random;
}

/** How a recurrent network gets from a context to several steps ahead. */
export interface RecurrentStrategy {
  readonly inputs: LagInputs;
  /** The windows it learns from. */
  readonly window: SequenceWindow;
  readonly model: TrainableModel<ExampleBatch, unknown> & { readonly parameters: readonly Parameter[] };
  forecast(contexts: readonly EncodedSeries[], request: StrategyRequest): Forecast[];
}

const strategies: Readonly<Record<StrategyName, (options: StrategyOptions) => RecurrentStrategy>> = {
  recursive: recursiveStrategy,
  direct: directStrategy,
  'encoder-decoder': encoderDecoderStrategy,
};

/** @throws ArgumentError for an unknown strategy */
export function createStrategy(name: StrategyName, options: StrategyOptions): RecurrentStrategy {
  if (!Object.hasOwn(strategies, name)) {
    throw new ArgumentError('strategy', Object.keys(strategies).join(', '), name);
  }
  return strategies[name](options);
}
