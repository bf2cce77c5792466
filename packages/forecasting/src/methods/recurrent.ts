import type { Parameter } from '@throughtime/contract';
import { ArgumentError, checkOptions, type OptionChecks, oneOf, required, whole } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import {
  type ExecutionPath,
  executionPath,
  type RecurrentConfig,
  type ResolvedConfig,
  resolveConfig,
} from '@throughtime/rnn-cells';
import { loadEngine } from '@throughtime/wasm-kernels';
import { NotFittedError } from '../errors.js';
import type { Examples } from '../network/examples.js';
import { defaultLevels, type HeadOptions } from '../network/heads.js';
import { inputWidth, type LagInputs, type Lags, lagOffsets, lagsCheck } from '../network/lag-inputs.js';
import { RecurrentModel } from '../network/recurrent-model.js';
import { SeriesEncoder } from '../network/series-encoder.js';
import { train } from '../network/train.js';
import type { TimeSeries } from '../series/time-series.js';
import type { Forecast, ForecastRequest } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from './method.js';
import {
  lagCount,
  type NetworkOptions,
  networkChecks,
  readNetwork,
  requireHorizon,
  requireWithin,
  restoreParameters,
  saveNetwork,
} from './network-options.js';
import {
  createStrategy,
  type RecurrentStrategy,
  type StrategyName,
  sequenceExamples,
  strategyNames,
} from './recurrent-strategies.js';

/** The network, what it reads, and how it is trained. */
export interface RecurrentOptions extends NetworkOptions {
  /** The cell of all layers. */
  readonly cell: 'rnn' | 'gru' | 'lstm';
  /** Size of the hidden state. Default 32. */
  readonly hiddenSize?: number | undefined;
  /** Layers on top of one another. Default 1. */
  readonly layers?: number | undefined;
  /** How many steps the network reads, from a zero state, before it forecasts. The same in training and use. Default 28. */
  readonly contextLength?: number | undefined;
  /**
   * Which earlier values are inputs at each step, as offsets before the predicted time (as in DeepAR). Default [1], the value before.
   * [1, 12] adds the value of the same month a year ago, so that the network need not remember it.
   */
  readonly lags?: Lags | undefined;
  /**
   * - 'recursive' (default): learns the next step at every step, and feeds forecasts back
   * - 'direct': the state after the context gives all steps of `horizon` at once
   * - 'encoder-decoder': the state after the context starts a second network, which unrolls over `horizon`
   */
  readonly strategy?: StrategyName | undefined;
  /**
   * Steps from one training window to the next. The default gives about 500 windows, is at most a quarter of the context, and
   * shares no factor with the usual seasons: a network that only saw windows beginning on Mondays would not know Tuesdays.
   */
  readonly windowStride?: number | undefined;
  /** What runs the network. Default: the engine where it can run. Not saved. */
  readonly path?: ExecutionPath | undefined;
}

const checks: OptionChecks<RecurrentOptions> = {
  ...networkChecks,
  cell: required(oneOf(['rnn', 'gru', 'lstm'])),
  hiddenSize: whole({ from: 1 }),
  layers: whole({ from: 1 }),
  contextLength: whole({ from: 1 }),
  lags: lagsCheck,
  strategy: oneOf(strategyNames),
  windowStride: whole({ from: 1 }),
  path: executionPath,
};

/** The training of a fitted network from the weights that it has. */
export interface NetworkTraining {
  /** The recurrent network below the head. */
  readonly network: ResolvedConfig;
  /** The first step of a sequence that predicts. */
  readonly readFrom: number;
  /** Values predicted at such a step. */
  readonly values: number;
  /** With the levels of a quantile head. */
  readonly head: HeadOptions;
  /** Oldest first: inputs [n, T * D], targets [n, predictions] with NaN where missing, in scaled units. */
  readonly examples: Examples;
  /** How many of them, the newest, are held out for validation. */
  readonly held: number;
  /** How weights follow gradients. */
  readonly optimizer: 'adam' | 'sgd';
  /** How far. */
  readonly learningRate: number;
  /** N: examples per update. */
  readonly batchSize: number;
  /** Largest global norm of a gradient. */
  readonly clipNorm: number;
  /** How many epochs at most. */
  readonly epochs: number;
  /** Epochs without a better validation before training ends. */
  readonly patience: number;
  /** The state of the source that the order of examples is drawn from, epoch after epoch. */
  readonly random: readonly number[];
  /** Live: what is trained, or written by another program. */
  readonly parameters: readonly Parameter[];
  /** Trains them here. @param options `epochs` in place of the forecaster's own */
  train(options?: ForecasterFitOptions & { readonly epochs?: number }): Promise<void>;
}

interface Learned {
  readonly encoder: SeriesEncoder;
  readonly strategy: RecurrentStrategy;
}

/** An RNN, GRU or LSTM that reads the recent past of a series and predicts what comes next. */
export class Recurrent implements Method {
  readonly name: string;
  readonly #options: RecurrentOptions;
  readonly #offsets: readonly number[];
  readonly #contextLength: number;
  /** Steps predicted at once. */
  readonly #steps: number;
  #learned: Learned | undefined;

  constructor(options: RecurrentOptions) {
    checkOptions<RecurrentOptions>(options, checks);
    const { cell, strategy = 'recursive', contextLength = 28, lags = 1 } = options;
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
    if (this.#options.path !== 'reference') await loadEngine();
    const encoder = SeriesEncoder.fit(training, this.#options);
    const strategy = this.#strategy(training[0].width, encoder, this.#options.random);
    await this.#train({ encoder, strategy }, training, options);
    this.#learned = { encoder, strategy };
  }

  /**
   * The training of the fitted network on series, from the weights that it has: as plain data for another program, and here. Units and
   * scales stay those that it was fitted with.
   * @throws NotFittedError; ArgumentError for an encoder-decoder, and for L-BFGS, which has no updates
   */
  training(series: readonly TimeSeries[]): NetworkTraining {
    const learned = this.#requireLearned('training');
    const { strategy } = learned;
    const { model, inputs } = strategy;
    if (!(model instanceof RecurrentModel))
      throw new ArgumentError('strategy', "'recursive' or 'direct'", this.#options.strategy);
    const { optimizer = 'adam', validationShare = 0, patience = 5 } = this.#options;
    if (optimizer === 'lbfgs') throw new ArgumentError('optimizer', "'adam' or 'sgd'", optimizer);
    const { random, learningRate, batchSize, clipNorm, epochs } = this.#trainingOptions();
    // As `train` draws: what its trainer draws has a stream of its own.
    const order = Random.fromState(random.state());
    order.fork();
    const examples = this.#examples(learned, series);
    const { head = { kind: 'point' } } = this.#options;
    return {
      network: resolveConfig(this.#config(learned.encoder, inputs.variables)),
      readFrom: model.readFrom,
      values: model.values,
      head: head.kind === 'quantile' ? { ...head, levels: head.levels ?? defaultLevels } : head,
      examples,
      held: Math.floor(examples.count * validationShare),
      ...{ optimizer, learningRate, batchSize, clipNorm, epochs, patience },
      random: order.state(),
      parameters: model.parameters,
      train: (options = {}) => this.#train(learned, series, options),
    };
  }

  #examples({ encoder, strategy }: Learned, training: readonly TimeSeries[]): Examples {
    const { windowStride = this.#defaultStride(training) } = this.#options;
    return sequenceExamples(
      training.map((series) => encoder.encode(series, 0)),
      { ...strategy.window, inputs: strategy.inputs, stride: windowStride },
    );
  }

  async #train(
    learned: Learned,
    training: readonly TimeSeries[],
    options: ForecasterFitOptions & { readonly epochs?: number },
  ): Promise<void> {
    const examples = this.#examples(learned, training);
    await train(learned.strategy.model, examples, {
      ...this.#trainingOptions(),
      ...options,
      name: this.name,
    });
  }

  #trainingOptions() {
    const { learningRate = 0.005, batchSize = 32, clipNorm = 1, epochs = 20 } = this.#options;
    return { ...this.#options, learningRate, batchSize, clipNorm, epochs };
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const { encoder, strategy } = this.#requireLearned('forecast');
    const before = this.#contextLength + this.#offsets[0];
    const encoded = contexts.map((context) => {
      // Only a scaler fitted to the context needs all of it.
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
    const { encoder, strategy } = this.#requireLearned('save');
    const options = { ...this.#options, path: undefined };
    const fitted = { options, variables: strategy.inputs.variables, encoder };
    return { kind: 'recurrent', ...saveNetwork(fitted, strategy.model.parameters) };
  }

  /** @throws ArgumentError, InvalidModelError */
  static load({ config, tensors = [] }: SavedMethod): Recurrent {
    const { options, variables, encoder } = readNetwork<RecurrentOptions>(config);
    checkOptions<RecurrentOptions>(options, checks);
    const { lags = 1, hiddenSize = 32, layers = 1, horizon = 1 } = options;
    const width = lagCount(lags) * variables;
    requireWithin(tensors, {
      lags: width,
      layers,
      hiddenSize: hiddenSize * (width + encoder.featureWidth + layers * hiddenSize),
      horizon: options.strategy === 'direct' ? horizon * variables * hiddenSize : 0,
    });
    const method = new Recurrent(options);
    // The weights drawn here are replaced. A source of their own leaves the state of the saved one unchanged.
    const strategy = method.#strategy(variables, encoder, Random.seeded(0));
    restoreParameters(strategy.model.parameters, tensors);
    method.#learned = { encoder, strategy };
    return method;
  }

  #defaultStride(training: readonly TimeSeries[]): number {
    const steps = training.reduce((sum, series) => sum + series.length, 0);
    const most = Math.min(steps / 500, this.#contextLength / 4);
    // None divides 7, 12, 24 or 52.
    return [23, 19, 17, 11, 5].find((stride) => stride <= most) ?? 1;
  }

  #strategy(variables: number, encoder: SeriesEncoder, random: Random): RecurrentStrategy {
    const { strategy = 'recursive', head = { kind: 'point' } } = this.#options;
    const inputs = this.#inputs(encoder, variables);
    return createStrategy(strategy, {
      config: this.#config(encoder, variables),
      path: this.#options.path,
      contextLength: this.#contextLength,
      steps: this.#steps,
      inputs,
      head,
      random,
    });
  }

  #inputs({ featureWidth }: SeriesEncoder, variables: number): LagInputs {
    return { offsets: this.#offsets, variables, featureWidth };
  }

  #config(encoder: SeriesEncoder, variables: number): RecurrentConfig {
    const { cell, hiddenSize = 32, layers = 1 } = this.#options;
    return { cell, inputSize: inputWidth(this.#inputs(encoder, variables)), hiddenSize, layers };
  }

  #requireLearned(call: string): Learned {
    if (this.#learned === undefined) throw new NotFittedError(this.name, call);
    return this.#learned;
  }
}

/** An RNN, GRU or LSTM forecaster. */
export function recurrent(options: RecurrentOptions): Forecaster {
  return new Forecaster(new Recurrent(options));
}
