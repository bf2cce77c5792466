import { ArgumentError, inWords } from '@throughtime/errors';
import {
  arima,
  autoregression,
  type CalendarFeature,
  conformal,
  croston,
  drift,
  ensemble,
  ets,
  type Forecaster,
  globalRecurrent,
  linear,
  mlp,
  naive,
  recurrent,
  seasonalNaive,
  type TransformOptions,
  theta,
  transformed,
  tsb,
} from '@throughtime/forecasting';
import type { Random } from '@throughtime/random';

export const modelNames = [
  ...(['naive', 'seasonal-naive', 'drift', 'theta', 'ar', 'arima', 'ets', 'croston', 'tsb'] as const),
  ...(['linear', 'mlp', 'rnn', 'gru', 'lstm', 'ensemble'] as const),
] as const;

export type ModelName = (typeof modelNames)[number];

export function isModelName(name: string): name is ModelName {
  return (modelNames as readonly string[]).includes(name);
}

/** Whether a model is, or has among its members, a recurrent network. */
export function isRecurrent(name: ModelName): boolean {
  return name === 'rnn' || name === 'gru' || name === 'lstm' || name === 'ensemble';
}

/** What a caller may say about a model. Every model has defaults of its own for the rest. */
export interface ModelSettings {
  /** Steps of a season; 1 for none. */
  readonly period: number;
  /** The features of the time stamps that a recurrent network sees. */
  readonly calendar: readonly CalendarFeature[];
  /** Those that a model of lags sees. Default: none. */
  readonly lagCalendar?: readonly CalendarFeature[] | undefined;
  /** What is done to the series before a model sees it, and undone in its forecasts; baselines see it as it is. Default: nothing. */
  readonly transforms?: readonly TransformOptions[] | undefined;
  /** Whether models that learn a level learn changes instead, unless transforms are given: see `wanders`. Default false. */
  readonly wanders?: boolean | undefined;
  readonly random: Random;
  /** Whether one model learns from several series: networks then see each in units of its own. Default false. */
  readonly several?: boolean | undefined;
  /** Past values that a model of lags sees. Default: 4; an autoregression chooses by itself. */
  readonly lags?: number | undefined;
  /** Past values that a recurrent network reads. Default: {@link defaultContext}. */
  readonly context?: number | undefined;
  /** The steps ahead that are wanted, where they are known before training. */
  readonly horizon?: number | undefined;
  readonly epochs?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly hiddenSize?: number | undefined;
  /** What runs recurrent networks. Default: the engine where it runs, tfjs elsewhere. */
  readonly path?: 'fused' | undefined;
}

/** Two seasons, and enough steps to tell a wave's slope from its noise. */
export function defaultContext({ lags = 0, period }: Pick<ModelSettings, 'lags' | 'period'>): number {
  return Math.max(lags, 2 * period, 32);
}

/** The settings of training that a model has unless the caller says otherwise. */
export interface TrainingDefaults {
  /** Passes over the training data; for a linear model, iterations of L-BFGS. */
  readonly epochs: number;
  /** Undefined for a linear model: without a rate, L-BFGS finds its least squares exactly. */
  readonly learningRate: number | undefined;
  readonly hiddenSize: number;
}

/** @param direct whether a recurrent network forecasts a known horizon at once, see {@link createModel} */
export function trainingDefaults(
  name: ModelName,
  { direct }: { readonly direct: boolean },
): TrainingDefaults {
  if (name === 'linear') return { epochs: 200, learningRate: undefined, hiddenSize: 10 };
  if (!isRecurrent(name)) return { epochs: 10, learningRate: 0.01, hiddenSize: 10 };
  return direct
    ? { epochs: 10, learningRate: 0.002, hiddenSize: 32 }
    : { epochs: 30, learningRate: 0.005, hiddenSize: 32 };
}

type Maker = (settings: ModelSettings) => Forecaster;

/** Updates of a network that forecasts a known horizon in what counts as an epoch: windows are drawn, so that no pass is ever whole. */
const updatesPerEpoch = 60;

/**
 * If the horizon is known: two networks of windows that are scaled by themselves, which forecast all steps at once, by their median, and
 * begin as the seasonal naive forecast. Otherwise: a network that forecasts one step and continues from its own forecasts, as far as asked.
 */
const recurrentMaker =
  (cell: 'rnn' | 'gru' | 'lstm'): Maker =>
  (settings) => {
    const { period, calendar, random, horizon, path } = settings;
    const defaults = trainingDefaults(cell, { direct: horizon !== undefined });
    if (horizon !== undefined) {
      return globalRecurrent({
        cell,
        random,
        horizon,
        period,
        calendar,
        hiddenSize: settings.hiddenSize ?? defaults.hiddenSize,
        contextLength: settings.context,
        updates: updatesPerEpoch * (settings.epochs ?? defaults.epochs),
        learningRate: settings.learningRate ?? defaults.learningRate,
        batchSize: 32,
        networks: 2,
        levels: [0.5],
        path,
      });
    }
    return recurrent({
      cell,
      random,
      ...scaling(settings.several),
      hiddenSize: settings.hiddenSize ?? defaults.hiddenSize,
      contextLength: settings.context ?? defaultContext(settings),
      lags: period > 1 ? [period, 1] : 1,
      calendar,
      epochs: settings.epochs ?? defaults.epochs,
      learningRate: settings.learningRate ?? defaults.learningRate,
      ...(path !== undefined && { path }),
    });
  };

/** Series that differ in size. */
function scaling(several = false): { readonly scaleBy?: 'series' } {
  return several ? { scaleBy: 'series' } : {};
}

const makers: Readonly<Record<ModelName, Maker>> = {
  naive: () => naive(),
  'seasonal-naive': ({ period }) => seasonalNaive({ period }),
  drift: () => drift(),
  theta: ({ period }) => theta({ period }),
  ar: ({ lags }) => autoregression(lags === undefined ? {} : { order: lags }),
  arima: ({ period }) => arima({ period }),
  // Judged no further ahead than it is asked to forecast: one step, where values are judged one by one.
  ets: ({ period, random, horizon = period }) =>
    ets({ period, random, ...(horizon < period && { steps: horizon }) }),
  croston: () => croston(),
  tsb: () => tsb(),
  linear: ({ lags = 4, random, epochs, learningRate, lagCalendar, several }) =>
    linear({
      lags,
      ...scaling(several),
      calendar: lagCalendar,
      random,
      epochs,
      learningRate,
      optimizer: learningRate === undefined ? 'lbfgs' : 'adam',
    }),
  mlp: ({ lags = 4, random, ...settings }) => {
    const defaults = trainingDefaults('mlp', { direct: false });
    return mlp({
      lags,
      ...scaling(settings.several),
      calendar: settings.lagCalendar,
      random,
      epochs: settings.epochs ?? defaults.epochs,
      learningRate: settings.learningRate ?? defaults.learningRate,
      hiddenSize: settings.hiddenSize ?? defaults.hiddenSize,
    });
  },
  rnn: recurrentMaker('rnn'),
  gru: recurrentMaker('gru'),
  lstm: recurrentMaker('lstm'),
  ensemble: (settings) =>
    ensemble({
      members: (['ar', 'ets', 'gru'] as const).map((name) =>
        createModel(name, { ...settings, transforms: [] }),
      ),
    }),
};

/** The models that learn a level, and forecast a series back to it. */
const learnsLevel: ReadonlySet<ModelName> = new Set(['ar', 'linear', 'mlp', 'rnn', 'gru', 'lstm']);

type TransformSettings = Pick<ModelSettings, 'transforms' | 'wanders'>;

/** What is done to the series before a model sees it. */
function transformsFor(
  name: ModelName,
  { transforms = [], wanders = false }: TransformSettings,
): readonly TransformOptions[] {
  if (isBaseline(name)) return [];
  if (transforms.length > 0) return transforms;
  return wanders && learnsLevel.has(name) ? [{ kind: 'difference', lag: 1 }] : [];
}

/** Of some models, those that learn changes because the series wanders. */
export function learningChanges(
  names: readonly ModelName[],
  { transforms = [], wanders = false }: TransformSettings,
): ModelName[] {
  if (!wanders || transforms.length > 0) return [];
  return names.filter((name) => learnsLevel.has(name) || name === 'ensemble');
}

/** An untrained model. */
export function createModel(name: ModelName, settings: ModelSettings): Forecaster {
  const model = makers[name](settings);
  const transforms = transformsFor(name, settings);
  return transforms.length === 0 ? model : transformed(model, transforms);
}

function isBaseline(name: ModelName): boolean {
  return name === 'naive' || name === 'seasonal-naive';
}

/** What the command may do to a series before a model sees it. */
export const transformNames = ['log', 'box-cox', 'difference', 'seasonal-difference', 'mstl'] as const;

export type TransformName = (typeof transformNames)[number];

/** The transforms of those names, in their order. @throws ArgumentError for a seasonal one without a season */
export function transformsOf(names: readonly TransformName[], period: number): TransformOptions[] {
  return names.map((name) => {
    if (name === 'difference') return { kind: 'difference', lag: 1 };
    if (name === 'log' || name === 'box-cox') return { kind: name };
    if (period > 1)
      return name === 'mstl' ? { kind: 'mstl', periods: [period] } : { kind: 'difference', lag: period };
    const hint = '--period names it';
    throw new ArgumentError('transform', `a series with a season for ${name}`, inWords('none'), {
      hint,
    });
  });
}

/** The models that see covariates known in advance. */
export function seesCovariates(name: ModelName): boolean {
  return isRecurrent(name) || name === 'linear' || name === 'mlp';
}

/** The models that any other must beat: they learn nothing. The first is the one to hold others against. */
export function baselineNames(period: number): ModelName[] {
  return period > 1 ? ['naive', 'seasonal-naive'] : ['naive'];
}

/** Each model once, in the order given. Without a season, the seasonal naive is the naive. */
export function distinctModels(names: readonly ModelName[], period: number): ModelName[] {
  return [...new Set(names.map((name) => (name === 'seasonal-naive' && period === 1 ? 'naive' : name)))];
}

/** What the page may spend: someone waits, and it must show something for every series. */
export const pageBudget = {
  /** The most steps that a recurrent network reads. */
  mostContext: 128,
  /** A short series makes few updates per epoch: up to this many times as many epochs. */
  mostEpochsTimes: 10,
} as const;

/** The season that the page tells a network of: one that its training values show four times. */
export function pageSeason(period: number, train: number): number {
  return 4 * period <= train ? period : 1;
}

/** The settings with which the page trains a model unless the user asks for others: the command's, within its budget. */
export function pageSettings(
  name: ModelName,
  { period, train, length }: { readonly period: number; readonly train: number; readonly length: number },
): TrainingDefaults & { readonly lags: number; readonly context: number } {
  const { epochs, ...defaults } = trainingDefaults(name, { direct: false });
  const times = Math.min(pageBudget.mostEpochsTimes, Math.max(1, 1000 / length));
  const context = defaultContext({ period: pageSeason(period, train) });
  return {
    ...defaults,
    // L-BFGS stops by itself.
    epochs: name === 'linear' ? epochs : Math.round(epochs * times),
    // A short season and the value before it: the value a season ago says most.
    lags: Math.max(4, period <= 60 ? period + 1 : 0),
    context: Math.min(context, pageBudget.mostContext),
  };
}

/** The models that have a distribution of their own; the errors of the others are calibrated. */
const withDistribution: ReadonlySet<ModelName> = new Set([
  'naive',
  'seasonal-naive',
  'drift',
  'theta',
  'ar',
  'arima',
  'ets',
]);

/** Whether a model says by itself how far its forecasts may be off. Sums of differences have no quantiles. */
export function hasDistribution(name: ModelName, settings: TransformSettings): boolean {
  const summed = transformsFor(name, settings).some(({ kind }) => kind === 'difference');
  return withDistribution.has(name) && !summed;
}

/** The most errors that calibrate an interval: more hardly move a quantile of 0.9. */
const mostCalibrations = 120;

export interface CalibrationOptions {
  readonly horizon: number;
  /** The number of training values. */
  readonly train: number;
  /** Steps of a season. */
  readonly period: number;
  /** The fewest errors that calibrate an interval. Default 20. */
  readonly fewest?: number;
}

/**
 * From where a model forecasts its last training values, so that its errors there give it intervals. The origins are spread over
 * the last quarter, so that its seasons and holidays take part.
 */
export function calibrationOrigins(
  model: Forecaster,
  { horizon, train, period, fewest = 20 }: CalibrationOptions,
): { readonly origins: number; readonly stride: number } {
  const held = Math.floor((train - horizon) / 4);
  const origins = Math.max(fewest, Math.min(mostCalibrations, held));
  const spread = Math.max(1, Math.floor(held / origins));
  // If origins were a whole number of seasons apart, all of them would fall on the same day of the week.
  const stride = spread > 1 && period > 1 && spread % period === 0 ? spread - 1 : spread;
  // A short series keeps what the model needs to be fitted at all.
  const room = train - model.method.requires('fit').length - horizon + 1;
  if ((origins - 1) * stride < room) return { origins, stride };
  return { origins: Math.max(fewest, Math.min(origins, room)), stride: 1 };
}

/** A model for a known horizon, with intervals: its own, or such as its errors on its last training values calibrate. */
export function createModelWithIntervals(
  name: ModelName,
  settings: ModelSettings,
  { horizon, train }: { readonly horizon: number; readonly train: number },
): Forecaster {
  const model = createModel(name, { ...settings, horizon });
  if (hasDistribution(name, settings)) return model;
  const origins = calibrationOrigins(model, { horizon, train, period: settings.period });
  return conformal(model, { horizon, ...origins });
}
