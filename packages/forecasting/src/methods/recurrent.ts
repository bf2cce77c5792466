import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { NotFittedError } from '../errors.js';
import type { NetworkPath } from '../network/create-executor.js';
import { inputWidth, type LagInputs } from '../network/lag-inputs.js';
import { lagOffsets } from '../network/lag-offsets.js';
import { SeriesEncoder } from '../network/series-encoder.js';
import { train } from '../network/train.js';
import type { TimeSeries } from '../series/time-series.js';
import type { Forecast } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { ForecasterFitOptions, ForecastRequest, Method, SavedMethod } from './method.js';
import { type NetworkOptions, plainOptions, requireHorizon } from './network-options.js';
import { createStrategy, type RecurrentStrategy, type StrategyName } from './recurrent-strategy.js';
import { restoreParameters, savedParameters } from './saved-parameters.js';
import { sequenceExamples } from './sequence-examples.js';

export interface RecurrentOptions extends NetworkOptions {
  readonly cell: 'rnn' | 'gru' | 'lstm';
  /** Size of the hidden state. Default 32. */
  readonly hiddenSize?: number | undefined;
  /** Layers on top of one another. Default 1. */
  readonly layers?: number | undefined;
  /** Steps that the network reads before it forecasts, from a zero state, in training and in use alike. Default 28. */
  readonly contextLength?: number | undefined;
  /**
   * Offsets before the time that is predicted whose values are given at each step, as DeepAR does. Default [1], the value before;
   * [1, 12] adds that of the same month a year ago, which spares the network from remembering it.
   */
  readonly lags?: number | readonly number[] | undefined;
  /**
   * - 'recursive' (default): learns the next step at every step, and feeds forecasts back
   * - 'direct': the state after the context gives all steps of `horizon` at once
   * - 'encoder-decoder': the state after the context starts a second network, which unrolls over `horizon`
   */
  readonly strategy?: StrategyName | undefined;
  /**
   * Steps from one training window to the next. Default: so that there are some 500 windows, at most a quarter of the context, and
   * prime to the usual seasons: a network that has only seen windows beginning on Mondays knows nothing of Tuesdays.
   */
  readonly windowStride?: number | undefined;
  /** What runs the network. Default: the fast one where it can. Not saved. */
  readonly path?: NetworkPath | undefined;
}

interface Learnt {
  readonly encoder: SeriesEncoder;
  readonly strategy: RecurrentStrategy;
}

/** An RNN, GRU or LSTM that reads the recent past of a series, or of many, and says what comes next. */
export class Recurrent implements Method {
  readonly name: string;
  readonly #options: RecurrentOptions;
  readonly #offsets: readonly number[];
  readonly #contextLength: number;
  /** Steps predicted at once. */
  readonly #steps: number;
  #learnt: Learnt | undefined;

  constructor(options: RecurrentOptions) {
    const { cell, strategy = 'recursive', contextLength = 28, lags = 1, windowStride = 1 } = options;
    for (const [name, value] of Object.entries({ contextLength, windowStride })) {
      if (!Number.isInteger(value) || value < 1)
        throw new ArgumentError(name, 'a whole number from 1', value);
    }
    this.#options = options;
    this.#offsets = lagOffsets(lags);
    this.#contextLength = contextLength;
    this.#steps = strategy === 'recursive' ? 1 : requireHorizon(strategy, options.horizon);
    this.name = strategy === 'recursive' ? cell : `${cell} (${strategy})`;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const before = this.#contextLength + this.#offsets[0];
    if (use === 'forecast')
      return { length: before, reason: `a context of ${this.#contextLength} and its lags` };
    const reason = `a context of ${this.#contextLength}, its lags, and ${this.#steps} steps after it`;
    return { length: before + this.#steps, reason };
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
    const { windowStride = this.#defaultStride(training), epochs = 20 } = this.#options;
    const encoder = SeriesEncoder.fit(training, this.#options);
    const strategy = this.#strategy(training[0].width, encoder, this.#options.random);
    const examples = sequenceExamples(
      training.map((series) => encoder.encode(series, 0)),
      { ...strategy.window, inputs: strategy.inputs, stride: windowStride },
    );
    await train(strategy.model, examples, {
      learningRate: 0.005,
      batchSize: 32,
      clipNorm: 1,
      ...this.#options,
      ...options,
      name: this.name,
      epochs,
    });
    this.#learnt = { encoder, strategy };
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const { encoder, strategy } = this.#requireLearnt('forecast');
    const before = this.#contextLength + this.#offsets[0];
    const encoded = contexts.map((context) => {
      // Only a context's own scaler needs all of it.
      const whole = this.#options.scaleBy === 'series';
      return encoder.encode(
        whole ? context : context.slice(Math.max(0, context.length - before)),
        request.horizon,
      );
    });
    return strategy.forecast(encoded, {
      name: this.name,
      variables: contexts[0].variables,
      request,
      random: this.#options.random,
    });
  }

  save(): SavedMethod {
    const { encoder, strategy } = this.#requireLearnt('save');
    return {
      kind: 'recurrent',
      config: {
        options: { ...plainOptions(this.#options), path: undefined },
        random: this.#options.random.state(),
        variables: strategy.inputs.variables,
        encoder: encoder.toJSON(),
      },
      tensors: savedParameters(strategy.model.parameters),
    };
  }

  static load({ config, tensors = [] }: SavedMethod): Recurrent {
    const random = Random.fromState(config.random as number[]);
    const method = new Recurrent({ ...(config.options as Omit<RecurrentOptions, 'random'>), random });
    const encoder = SeriesEncoder.fromJSON(config.encoder);
    // The weights drawn here are replaced: another source leaves the saved one where it was.
    const strategy = method.#strategy(config.variables as number, encoder, Random.seeded(0));
    restoreParameters(strategy.model.parameters, tensors);
    method.#learnt = { encoder, strategy };
    return method;
  }

  #defaultStride(training: readonly TimeSeries[]): number {
    const steps = training.reduce((sum, series) => sum + series.length, 0);
    const most = Math.min(steps / 500, this.#contextLength / 4);
    // None divides 7, 12, 24 or 52, nor is divided by them.
    return [23, 19, 17, 11, 5].find((stride) => stride <= most) ?? 1;
  }

  #strategy(variables: number, encoder: SeriesEncoder, random: Random): RecurrentStrategy {
    const {
      cell,
      hiddenSize = 32,
      layers = 1,
      strategy = 'recursive',
      head = { kind: 'point' },
    } = this.#options;
    const inputs: LagInputs = { offsets: this.#offsets, variables, featureWidth: encoder.featureWidth };
    return createStrategy(strategy, {
      config: { cell, inputSize: inputWidth(inputs), hiddenSize, layers },
      path: this.#options.path,
      contextLength: this.#contextLength,
      steps: this.#steps,
      inputs,
      head,
      random,
    });
  }

  #requireLearnt(call: string): Learnt {
    if (this.#learnt === undefined) throw new NotFittedError(this.name, call);
    return this.#learnt;
  }
}

/** An RNN, GRU or LSTM forecaster. */
export function recurrent(options: RecurrentOptions): Forecaster {
  return new Forecaster(new Recurrent(options));
}
