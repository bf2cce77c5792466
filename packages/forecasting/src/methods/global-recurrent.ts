import {
  adam,
  BpttTrainer,
  cosine,
  NonFiniteGradientError,
  NonFiniteLossError,
} from '@throughtime/bptt-trainer';
import { SeriesTooShortError } from '@throughtime/datasets';
import {
  ArgumentError,
  checkOptions,
  list,
  number,
  type OptionChecks,
  oneOf,
  positive,
  required,
  whole,
} from '@throughtime/errors';
import { Random, randomSource } from '@throughtime/random';
import { createSequenceNetwork, type ExecutionPath, executionPath } from '@throughtime/rnn-cells';
import { loadEngine } from '@throughtime/wasm-kernels';
import { DivergedError, NoDistributionError, NotFittedError } from '../errors.js';
import { createHead, type Head, increasingLevels } from '../network/heads.js';
import {
  heldAtEnd,
  splitWindows,
  validationPlaces,
  type WindowPlace,
  type WindowShape,
  windowColumns,
  windowsAt,
} from '../network/scaled-windows.js';
import { SeriesEncoder } from '../network/series-encoder.js';
import { WindowModel } from '../network/window-model.js';
import { sortedQuantile } from '../numeric/statistics.js';
import { type CalendarFeature, calendarCheck } from '../series/calendar.js';
import { learnableSeason, type TimeSeries } from '../series/time-series.js';
import type { Forecast, ForecastRequest } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from './method.js';
import { readNetwork, requireWithin, restoreParameters, saveNetwork } from './network-options.js';

/** One network for many series, and how it is trained. */
export interface GlobalRecurrentOptions {
  /** The source of starting weights and of the windows that are drawn. */
  readonly random: Random;
  /** The most steps that are forecast, all at once. */
  readonly horizon: number;
  /** Default 'lstm'. */
  readonly cell?: 'rnn' | 'gru' | 'lstm' | undefined;
  /** Size of the hidden state. Default 64. */
  readonly hiddenSize?: number | undefined;
  /** Layers on top of one another. Default 1. */
  readonly layers?: number | undefined;
  /** Steps of a season. Default: that of the series, where the values show it twice; otherwise 1, none. */
  readonly period?: number | undefined;
  /**
   * Values that the network sees before it forecasts. Default: two horizons, four seasons, or 32 values, whichever is most. Series that
   * are shorter are taken as they are.
   */
  readonly contextLength?: number | undefined;
  /** Values that it reads at a time. Default: a season of up to 64 values; otherwise 1. */
  readonly stepLength?: number | undefined;
  /** The quantiles that it learns, increasing, 0.5 among them. Default: 0.05, 0.5, 0.95. */
  readonly levels?: readonly number[] | undefined;
  /** Networks that are trained, each from weights of its own; the forecast is the mean of theirs. Default 1. */
  readonly networks?: number | undefined;
  /** Updates of each network, at most. Default 1,000. */
  readonly updates?: number | undefined;
  /** Windows in an update. Default 64. */
  readonly batchSize?: number | undefined;
  /** Adam's, at the start; it falls to 0 along half a cosine. Default 0.002. */
  readonly learningRate?: number | undefined;
  /** Largest global norm of a gradient. Default 1. */
  readonly clipNorm?: number | undefined;
  /** Features of the time stamps, known for the future too. Default: none. */
  readonly calendar?: readonly CalendarFeature[] | undefined;
  /** What runs the network. Default: the engine where it can run. Not saved. */
  readonly path?: ExecutionPath | undefined;
}

const checks: OptionChecks<GlobalRecurrentOptions> = {
  random: required(randomSource),
  horizon: required(whole({ from: 1 })),
  cell: oneOf(['rnn', 'gru', 'lstm']),
  hiddenSize: whole({ from: 1 }),
  layers: whole({ from: 1 }),
  period: whole({ from: 1 }),
  contextLength: whole({ from: 1 }),
  stepLength: whole({ from: 1 }),
  levels: increasingLevels,
  networks: whole({ from: 1 }),
  updates: whole({ from: 0 }),
  batchSize: whole({ from: 1 }),
  learningRate: number({ from: 0 }),
  clipNorm: positive,
  calendar: calendarCheck,
  path: executionPath,
};

/** How often the networks are judged on the last horizon, in one training. */
const validations = 20;

/** Validations without a better one after which training stops. */
const patience = 6;

interface Learned {
  readonly encoder: SeriesEncoder;
  readonly shape: WindowShape;
  readonly models: readonly WindowModel[];
  /** [Q]: by how much the distance of each quantile from the median is stretched. */
  readonly stretches: readonly number[];
}

const stretchesCheck = list(number({ from: 0 }));

/** Fewer values than this do not calibrate a quantile. */
const fewestCalibrations = 200;

const defaultLevels = [0.05, 0.5, 0.95];

/**
 * One recurrent network for many series, or for one. It sees windows, each scaled by its own level and spread, and forecasts the whole
 * horizon at once, by quantiles. A linear map of the window, which starts as the seasonal naive forecast, is added. The loss is the pinball
 * loss in the units of MASE, so that every series has the same say. The last horizon of each series is kept to judge by: the weights
 * are those that were best there.
 */
export class GlobalRecurrent implements Method {
  readonly name: string;
  readonly #options: GlobalRecurrentOptions;
  readonly #head: Head;
  readonly #levels: readonly number[];
  #learned: Learned | undefined;

  constructor(options: GlobalRecurrentOptions) {
    checkOptions<GlobalRecurrentOptions>(options, checks);
    this.#options = options;
    this.#levels = options.levels ?? defaultLevels;
    this.#head = createHead({ kind: 'quantile', levels: this.#levels });
    this.name = `global ${options.cell ?? 'lstm'}`;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    if (use === 'forecast') return { length: 1, reason: 'a value to go on from' };
    const { horizon, period = 1 } = this.#options;
    const least = leastContext(period);
    return { length: least + horizon, reason: `a context of ${least} and ${horizon} steps after it` };
  }

  async fit(training: readonly TimeSeries[], { signal, onProgress }: ForecasterFitOptions): Promise<void> {
    if (this.#options.path !== 'reference') await loadEngine();
    const { random, networks = 1, updates = 1000, batchSize = 64 } = this.#options;
    const encoder = SeriesEncoder.fit(training, { calendar: this.#options.calendar });
    const shape = this.#shapeFor(training, encoder);
    requireOneLongEnough(training, shape, this.name);
    const columns = training.flatMap((series) => windowColumns(encoder.encode(series, 0), shape));
    const epochs = Math.min(validations, updates);
    const models: WindowModel[] = [];
    for (let network = 0; network < networks; network++) {
      const own = random.fork();
      const model = this.#model(network, shape, own);
      models.push(model);
      if (epochs === 0) continue;
      const windows = { batchSize, batchesPerEpoch: Math.ceil(updates / epochs), random: own };
      const { training: batches, validation } = splitWindows(columns, shape, windows);
      const { learningRate = 0.002, clipNorm = 1 } = this.#options;
      const trainer = new BpttTrainer(model, {
        optimizer: adam(learningRate),
        schedule: cosine(),
        random: own.fork(),
        clipNorm,
      });
      const events = trainer.fit(batches, {
        epochs,
        ...(signal && { signal }),
        ...(validation && { validation, restoreBest: true, earlyStopping: { patience } }),
      });
      try {
        for await (const event of events) {
          if (event.type !== 'epoch') continue;
          const epoch = network * epochs + event.epoch;
          onProgress?.({ epoch, epochs: networks * epochs, loss: event.loss });
        }
      } catch (error) {
        if (!(error instanceof NonFiniteLossError || error instanceof NonFiniteGradientError)) throw error;
        throw new DivergedError(this.name, { cause: error });
      }
    }
    const plain = { encoder, shape, models, stretches: this.#levels.map(() => 1) };
    this.#learned = plain;
    const judges = validationPlaces(columns, shape);
    if (epochs > 0) this.#learned = { ...plain, stretches: await this.#stretches(judges) };
  }

  heldOut(training: readonly TimeSeries[]): number[] {
    const shape = { horizon: this.#options.horizon, leastContext: leastContext(this.#periodOf(training)) };
    return training.map((series) => heldAtEnd(series, shape));
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const { encoder, shape } = this.#requireLearned('forecast');
    const { horizon, levels, paths } = request;
    if (horizon > shape.horizon) {
      throw new ArgumentError(
        'horizon',
        `at most ${shape.horizon}, which ${this.name} was trained for`,
        horizon,
      );
    }
    if (paths !== undefined) throw new NoDistributionError(this.name, 'paths across steps');
    const { variables } = shape;
    const length = shape.steps * shape.stepLength;
    const encoded = contexts.map((context) =>
      encoder.encode(context.slice(Math.max(0, context.length - length)), horizon),
    );
    const places = encoded.flatMap((one) =>
      Array.from({ length: variables }, (_, variable) => ({
        column: { encoded: one, variable, unit: 0 },
        origin: one.length,
      })),
    );
    const forecasts = contexts.map((context) => ({
      horizon,
      variables: context.variables,
      mean: new Float64Array(horizon * variables),
      quantiles: levels.map((level) => ({ level, values: new Float64Array(horizon * variables) })),
    }));
    for (let from = 0; from < places.length; from += rowsAtOnce) {
      const some = places.slice(from, from + rowsAtOnce);
      const { outputs, scales } = await this.#outputs(some);
      some.forEach(({ column: { encoded: one, variable } }, row) => {
        const { level, scale } = scales[row];
        const forecast = forecasts[Math.floor((from + row) / variables)];
        const unscale = (value: number) => one.scaler.unscale(level + scale * value, variable);
        for (let step = 0; step < horizon; step++) {
          const at = (row * shape.horizon + step) * this.#head.size;
          const cell = step * variables + variable;
          forecast.mean[cell] = unscale(this.#head.point(outputs, at));
          for (const { level: share, values } of forecast.quantiles) {
            values[cell] = unscale(this.#head.distribution!.quantile(outputs, at, share));
          }
        }
      });
    }
    return forecasts;
  }

  save(): SavedMethod {
    const { encoder, shape, models, stretches } = this.#requireLearned('save');
    const options = { ...this.#options, path: undefined, period: shape.period };
    const fitted = { options, variables: shape.variables, encoder };
    const { config, tensors } = saveNetwork(
      fitted,
      models.flatMap(({ parameters }) => parameters),
    );
    return { kind: 'global-recurrent', config: { ...config, stretches }, ...(tensors && { tensors }) };
  }

  /** @throws ArgumentError, InvalidModelError */
  static load({ config: { stretches, ...config }, tensors = [] }: SavedMethod): GlobalRecurrent {
    stretchesCheck('stretches', stretches);
    const { options, variables, encoder } = readNetwork<GlobalRecurrentOptions>(config);
    checkOptions<GlobalRecurrentOptions>(options, checks);
    const method = new GlobalRecurrent(options);
    const shape = method.#shape({
      variables,
      featureWidth: encoder.featureWidth,
      period: options.period ?? 1,
    });
    const { networks = 1, hiddenSize = 64, layers = 1, levels = defaultLevels } = options;
    requireWithin(tensors, {
      networks,
      layers,
      hiddenSize: networks * hiddenSize * (shape.stepLength + layers * hiddenSize),
      horizon: networks * shape.horizon * (levels.length * hiddenSize + shape.steps * shape.stepLength),
    });
    // The weights drawn here are replaced. A source of their own leaves the state of the saved one unchanged.
    const random = Random.seeded(0);
    const models = Array.from({ length: networks }, (_, network) => method.#model(network, shape, random));
    restoreParameters(
      models.flatMap(({ parameters }) => parameters),
      tensors,
    );
    method.#learned = { encoder, shape, models, stretches: stretches as number[] };
    return method;
  }

  /** The head's outputs for some windows, the mean of the networks', and how the windows were scaled. */
  async #outputs(places: readonly WindowPlace[]) {
    const { shape, models, stretches } = this.#requireLearned('forecast');
    const { batch, scales } = windowsAt(places, shape);
    const outputs = new Float32Array(places.length * shape.horizon * this.#head.size);
    for (const model of models) {
      const own = await model.outputs(batch);
      for (let i = 0; i < outputs.length; i++) outputs[i] += own[i] / models.length;
    }
    const median = this.#levels.indexOf(0.5);
    for (let at = 0; at < outputs.length; at += stretches.length) {
      const center = outputs[at + median];
      stretches.forEach((stretch, q) => {
        outputs[at + q] = center + stretch * (outputs[at + q] - center);
      });
    }
    return { outputs, scales, targets: batch.targets };
  }

  /**
   * By how much quantiles must move from the median, or towards it (conformalized quantile regression, Romano et al. 2019, by factors). On
   * the values held out, their share below is then what they say. 1 where too few values were held out.
   */
  async #stretches(places: readonly WindowPlace[]): Promise<number[]> {
    const ratios: number[][] = this.#levels.map(() => []);
    const median = this.#levels.indexOf(0.5);
    for (let from = 0; from < places.length; from += rowsAtOnce) {
      const { outputs, targets } = await this.#outputs(places.slice(from, from + rowsAtOnce));
      targets.forEach((target, cell) => {
        if (Number.isNaN(target)) return;
        const center = outputs[cell * this.#levels.length + median];
        ratios.forEach((list, q) => {
          const distance = outputs[cell * this.#levels.length + q] - center;
          if (q !== median && distance !== 0) list.push((target - center) / distance);
        });
      });
    }
    return ratios.map((list, q) => {
      if (list.length < fewestCalibrations) return 1;
      const level = this.#levels[q];
      // Above the median a ratio grows with the target, below it falls.
      return Math.max(0, sortedQuantile(Float64Array.from(list).sort(), Math.max(level, 1 - level)));
    });
  }

  #shapeFor(training: readonly TimeSeries[], encoder: SeriesEncoder): WindowShape {
    const [{ width: variables }] = training;
    return this.#shape({ variables, featureWidth: encoder.featureWidth, period: this.#periodOf(training) });
  }

  #periodOf(training: readonly TimeSeries[]): number {
    const lengths = training.map(({ length }) => length).sort((a, b) => a - b);
    // Of several series most must show the season.
    return this.#options.period ?? learnableSeason(training[0], lengths[Math.floor(lengths.length / 2)]);
  }

  #shape({ period, ...of }: Pick<WindowShape, 'variables' | 'featureWidth' | 'period'>): WindowShape {
    const { horizon, stepLength = period <= longestStep ? period : 1 } = this.#options;
    const { contextLength = Math.max(2 * horizon, 4 * period, 32) } = this.#options;
    const steps = Math.ceil(Math.max(contextLength, period) / stepLength);
    return { ...of, period, horizon, stepLength, steps, leastContext: leastContext(period) };
  }

  #model(network: number, shape: WindowShape, random: Random): WindowModel {
    const { cell = 'lstm', hiddenSize = 64, layers = 1, path } = this.#options;
    const prefix = `networks.${network}.`;
    const inputSize = shape.stepLength + shape.featureWidth;
    const config = { cell, inputSize, hiddenSize, layers };
    return new WindowModel({
      ...shape,
      network: createSequenceNetwork(config, { random, path, prefix: `${prefix}rnn.` }),
      head: this.#head,
      windowLength: shape.steps * shape.stepLength,
      random,
      prefix,
    });
  }

  #requireLearned(call: string): Learned {
    if (this.#learned === undefined) throw new NotFittedError(this.name, call);
    return this.#learned;
  }
}

/** @throws SeriesTooShortError where no series shows the season and a horizon after it */
function requireOneLongEnough(
  training: readonly TimeSeries[],
  { leastContext: context, horizon }: WindowShape,
  name: string,
): void {
  const longest = training.reduce((most, series) => (series.length > most.length ? series : most));
  if (longest.length >= context + horizon) return;
  const reason = `${name}: a context of ${context} and ${horizon} steps after it`;
  throw new SeriesTooShortError(longest.name, context + horizon, reason, longest.length);
}

/** The fewest values that a window to learn from must have: two seasons, and enough to tell a level from noise. */
function leastContext(period: number): number {
  return Math.max(2 * period, 8);
}

/** The longest season that a recurrent step reads whole. */
const longestStep = 64;

/** Windows that run as one batch. */
const rowsAtOnce = 256;

/** One recurrent network over many series: windows scaled by themselves, all steps of the horizon at once. */
export function globalRecurrent(options: GlobalRecurrentOptions): Forecaster {
  return new Forecaster(new GlobalRecurrent(options));
}
