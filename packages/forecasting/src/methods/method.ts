import { abortSignal, callback, type OptionChecks } from '@throughtime/errors';
import type { TimeSeries } from '../series/time-series.js';
import type { Forecast, ForecastRequest } from './forecast.js';

/** How far a fit is. */
export interface FitProgress {
  /** The epoch that ended, from 1. */
  readonly epoch: number;
  /** How many there are at most. */
  readonly epochs: number;
  /** Mean training loss of the epoch, in scaled units. */
  readonly loss: number;
}

/** What may stop a fit, and who is told how far it is. */
export interface ForecasterFitOptions {
  /** Stops training after the current update; what was learned so far is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each epoch of a network. Default: nobody. */
  readonly onProgress?: ((progress: FitProgress) => void) | undefined;
}

export const forecasterFitChecks: OptionChecks<ForecasterFitOptions> = {
  signal: abortSignal,
  onProgress: callback,
};

/** A model's state as plain data: fit for JSON, except for the tensors. */
export interface SavedMethod {
  /** Which method reads it. */
  readonly kind: string;
  /** Plain data, fit for JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Arrays that go into the safetensors file. Default: none. */
  readonly tensors?: readonly SavedTensor[];
  /** The models that a model is made of: the members of an ensemble, the model of a transformed series. */
  readonly members?: readonly SavedMethod[];
}

/** An array of a saved method. */
export interface SavedTensor {
  /** Its name in the file; unique within a method. */
  readonly name: string;
  /** Sizes of its axes, outermost first. */
  readonly shape: readonly number[];
  /** The values, row-major. */
  readonly data: Float32Array;
}

/**
 * What a forecasting model implements. Learning and forecasting are separate: `forecast` takes any series as its context and sees
 * nothing else, so a backtest cannot leak. {@link Forecaster} adds the memory of the series, and checks the arguments.
 */
export interface Method {
  /** For tables: 'seasonal-naive(12)'. */
  readonly name: string;
  /** The fewest values that a training series or the context of a forecast must have, and why. */
  requires(use: 'fit' | 'forecast'): { readonly length: number; readonly reason: string };
  /** Learns from the series, and forgets what was learned before. */
  fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void>;
  /**
   * How many values at the end of each series `fit` would keep to judge by, and not learn from. Forecasts of them are honest ones,
   * for which a combination of models need not fit again. Missing: it learns from all values.
   */
  heldOut?(training: readonly TimeSeries[]): number[];
  /** Forecasts what follows each context, all of them as one batch. */
  forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]>;
  /** Everything that the method needs to forecast again. */
  save(): SavedMethod;
}
