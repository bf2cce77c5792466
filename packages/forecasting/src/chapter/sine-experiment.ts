import { type EditionName, sineSeries, sineStarts } from '@throughtime/datasets';
import {
  ArgumentError,
  checkOptions,
  either,
  list,
  number,
  type OptionChecks,
  oneOf,
  required,
  whole,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { type ExecutionPath, executionPath } from '@throughtime/rnn-cells';
import { type ForecasterFitOptions, forecasterFitChecks } from '../methods/method.js';
import { meanSquaredError } from '../metrics/point-metrics.js';
import { type Lags, lagsCheck } from '../network/lag-inputs.js';
import { type TrainingOptions, trainingChecks } from '../network/train.js';
import { type AwaitableOneStepPredictor, KStepTable, multiStepAhead, oneStepAhead } from './k-step.js';
import { type LagWindows, lagWindows } from './lag-windows.js';
import { fitOneStepModel, isRecurrent, type OneStepModelName, oneStepModelNames } from './one-step-model.js';

/** How an edition of "Dive into Deep Learning" sets up its sine wave experiment (chapter "Sequence Models"). */
export interface Edition {
  /** The first t of x_t = sin(0.01 t) + noise. */
  readonly firstStep: 0 | 1;
  /** The size of each hidden layer, followed by ReLU; none is linear regression. */
  readonly hiddenSize: readonly number[];
  /** How weights start. */
  readonly initial: 'xavier' | 'normal';
  /** How weights follow gradients. */
  readonly optimizer: 'adam' | 'sgd';
  /** How far. */
  readonly learningRate: number;
  /** How many epochs the edition trains. */
  readonly epochs: number;
}

const mlp = { hiddenSize: [10], initial: 'xavier', optimizer: 'adam', learningRate: 0.01 } as const;

/** All editions: 4 lags, batches of 16, the first 600 pairs for training; 1.0 validates on the other 396. */
export const editions: Readonly<Record<EditionName, Edition>> = {
  '0.6': { ...mlp, hiddenSize: [10, 10], firstStep: sineStarts['0.6'], epochs: 10 },
  '0.7': { ...mlp, firstStep: sineStarts['0.7'], epochs: 10 },
  '0.14': { ...mlp, firstStep: sineStarts['0.14'], epochs: 10 },
  '0.15': { ...mlp, firstStep: sineStarts['0.15'], epochs: 5 },
  '0.16': { ...mlp, firstStep: sineStarts['0.16'], epochs: 5 },
  '0.17': { ...mlp, firstStep: sineStarts['0.17'], epochs: 5 },
  '1.0': {
    hiddenSize: [],
    initial: 'normal',
    optimizer: 'sgd',
    learningRate: 0.01,
    firstStep: sineStarts['1.0'],
    epochs: 5,
  },
};

/** Values and windows for training, in all editions. */
const defaults = { length: 1000, train: 600 } as const;

/** How far back lags may reach with the default length and windows for training: one window is left for validation. */
export const mostSineLags = defaults.length - defaults.train - 1;

/** The experiment; whatever is left out is the edition's. */
export interface SineExperimentOptions
  extends ForecasterFitOptions,
    Pick<TrainingOptions, 'epochs' | 'learningRate' | 'optimizer'> {
  /** Draws the noise, the starting weights and the order of the examples. */
  readonly random: Random;
  /** Whose settings to use; each of the options below replaces one of them. Default '1.0'. */
  readonly edition?: EditionName | undefined;
  /** Default: the edition's, linear (1.0) or mlp. */
  readonly model?: OneStepModelName | undefined;
  /** A count, or a list of offsets (sparse lags). Default 4. */
  readonly lags?: Lags | undefined;
  /** Standard deviation of the noise. Default 0.2. */
  readonly noise?: number | undefined;
  /** Values, 3 or more: one lag, one window to train on, one to validate on. Default 1000. */
  readonly length?: number | undefined;
  /** Windows for training. Default 600. */
  readonly train?: number | undefined;
  /** Steps of the k-step table. Default 64. */
  readonly maxSteps?: number | undefined;
  /** H, or for an mlp the size of each hidden layer. Default: the edition's. */
  readonly hiddenSize?: number | readonly number[] | undefined;
  /** What runs a recurrent network. Default: the fast one where it can. */
  readonly path?: ExecutionPath | undefined;
}

const checks: OptionChecks<SineExperimentOptions> = {
  ...forecasterFitChecks,
  epochs: trainingChecks.epochs,
  learningRate: trainingChecks.learningRate,
  optimizer: trainingChecks.optimizer,
  random: required(randomSource),
  edition: oneOf(Object.keys(editions)),
  model: oneOf(oneStepModelNames),
  lags: lagsCheck,
  noise: number({ from: 0 }),
  length: whole({ from: 3 }),
  train: whole({ from: 1 }),
  maxSteps: whole({ from: 1 }),
  hiddenSize: either(whole({ from: 1 }), list(whole({ from: 1 }))),
  path: executionPath,
};

/** What the experiment gave. */
export interface SineExperiment {
  /** Which model was fitted. */
  readonly model: OneStepModelName;
  /** The observed series. */
  readonly values: Float64Array;
  /** The series without its noise. */
  readonly clean: Float64Array;
  /** noise^2: the mean squared error that no forecast can be expected to beat. */
  readonly noiseFloor: number;
  /** One-step mean squared error on the training windows. */
  readonly trainingError: number;
  /** On the windows after them. */
  readonly validationError: number;
  /** One-step predictions of values[span..]. */
  readonly oneStep: Float64Array;
  /** values up to `multiStepStart`, free-running predictions from there on. */
  readonly multiStep: Float64Array;
  /** span + train: 604 with the chapter's settings. */
  readonly multiStepStart: number;
  /** Predictions 1 to `maxSteps` steps ahead, from every window. */
  readonly kStep: KStepTable;
  /** The fitted model. */
  readonly predict: AwaitableOneStepPredictor;
}

/**
 * Runs the whole experiment of the chapter: makes a noisy sine, fits a model of its last values, and forecasts one step, many
 * steps and k steps ahead.
 * @throws SeriesTooShortError, ArgumentError
 */
export async function sineExperiment(options: SineExperimentOptions): Promise<SineExperiment> {
  checkOptions<SineExperimentOptions>(options, checks);
  const { random, edition: name = '1.0', lags = 4, noise = 0.2, length = defaults.length } = options;
  const { train = defaults.train } = options;
  const edition = editions[name];
  const model = options.model ?? (edition.hiddenSize.length === 0 ? 'linear' : 'mlp');
  const layers = [options.hiddenSize ?? []].flat();
  if (layers.length > 0 && (model === 'linear' || model === 'least-squares')) {
    throw new ArgumentError('hiddenSize', `none, as ${model} has no hidden layer`, options.hiddenSize);
  }
  const series = sineSeries({ random, length, noise, edition: name });
  const clean = sineSeries({ random, length, noise: 0, edition: name });
  const values = series.values.x;
  const windows = lagWindows(values, lags);
  requireWindows(windows, train, options);
  // An mlp does not learn with the settings of the linear edition; it takes those of the edition before.
  const { firstStep: _, ...settings } =
    model !== 'linear' && edition.hiddenSize.length === 0 ? editions['0.17'] : edition;
  const predict = await fitOneStepModel(windows, {
    ...settings,
    // A recurrent network has one layer, as wide as the edition's first.
    ...(isRecurrent(model) && { hiddenSize: settings.hiddenSize[0] }),
    model,
    train,
    random,
    ...given(options, ['hiddenSize', 'epochs', 'learningRate', 'optimizer', 'path', 'signal', 'onProgress']),
  });
  const oneStep = await oneStepAhead(values, predict, lags);
  const multiStepStart = windows.span + train;
  return {
    model,
    values,
    clean: clean.values.x,
    noiseFloor: noise * noise,
    trainingError: meanSquaredError(windows.labels.subarray(0, train), oneStep.subarray(0, train)),
    validationError: meanSquaredError(windows.labels.subarray(train), oneStep.subarray(train)),
    oneStep,
    multiStep: await multiStepAhead(values, predict, { lags, start: multiStepStart }),
    multiStepStart,
    kStep: await KStepTable.of(values, predict, { lags, maxSteps: options.maxSteps ?? 64 }),
    predict,
  };
}

/** @throws ArgumentError naming `lags` where they leave too few windows whatever is trained on, else `train` */
function requireWindows({ labels, span }: LagWindows, train: number, options: SineExperimentOptions): void {
  const areDefaults = options.length === undefined && options.train === undefined;
  const mostLags = areDefaults ? mostSineLags : labels.length + span - 2;
  if (span > mostLags)
    throw new ArgumentError('lags', `at most ${mostLags}, which leave a window to validate on`, span);
  whole({ from: 1, to: labels.length - 1 })('train', train);
}

/** Only the options that were given: an undefined one must not replace a setting. */
function given<T extends object, K extends keyof T>(
  options: T,
  keys: readonly K[],
): { [P in K]?: Exclude<T[P], undefined> } {
  const entries = keys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]]));
  return Object.fromEntries(entries) as { [P in K]?: Exclude<T[P], undefined> };
}
