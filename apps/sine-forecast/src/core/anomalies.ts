import { ArgumentError, inWords } from '@throughtime/errors';
import {
  type Backtest,
  errorsNeeded,
  type Forecaster,
  levelsOf,
  quantileAt,
  type TimeSeries,
} from '@throughtime/forecasting';

/** An observation outside the interval that was forecast for it from the values before it. */
export interface Anomaly {
  /** Its row in the series. */
  readonly row: number;
  readonly value: number;
  readonly forecast: number;
  readonly lower: number;
  readonly upper: number;
  /** How far from the forecast, in units of the distance of the bound on its side: above 1; infinite where the interval is the forecast alone. */
  readonly score: number;
}

/** The forecasts one step ahead of a test, each with its interval and the observation, in order. */
export function judgedSteps(
  { records }: Backtest,
  coverage: number,
): readonly (Omit<Anomaly, 'score'> & { readonly isOutside: boolean })[] {
  const [low, high] = levelsOf([coverage]);
  return records.map(({ origin, actual, forecast }) => {
    const [lower, upper] = [low, high].map((level) => quantileAt(forecast, level)![0]);
    const [value] = actual;
    return {
      ...{ row: origin, value, forecast: forecast.mean[0], lower, upper },
      // A missing value is neither in nor out.
      isOutside: value < lower || value > upper,
    };
  });
}

/** The observations outside their intervals, in order. */
export function anomaliesOf(test: Backtest, coverage: number): Anomaly[] {
  return judgedSteps(test, coverage)
    .filter(({ isOutside }) => isOutside)
    .map(({ isOutside: _, ...step }) => {
      const { value, forecast, lower, upper } = step;
      const reach = value > forecast ? upper - forecast : forecast - lower;
      return { ...step, score: Math.abs(value - forecast) / reach };
    });
}

/** How many observations a test has judged. */
export function observedIn({ records }: Backtest): number {
  return records.filter(({ actual: [value] }) => !Number.isNaN(value)).length;
}

/** What is learned from before the first observation that is judged. */
export interface AnomalyTraining {
  /** Values that the model itself learns from, at least. */
  readonly model: number;
  /** Values whose errors set the width of the intervals, at least. */
  readonly calibration: number;
}

/** How many values it takes at least to forecast one step with intervals of `coverage`. */
export function leastAnomalyTraining(model: Forecaster, coverage: number): AnomalyTraining {
  return { model: model.method.requires('fit').length, calibration: errorsNeeded(coverage) };
}

/**
 * How many values are learned from, unless the user asks for another number: half of them, or as many as it takes where one is left to judge.
 * @param leasts what models take that would do, the preferred one first
 */
export function anomalyTrainingLength({ length }: TimeSeries, leasts: readonly AnomalyTraining[]): number {
  const half = Math.floor(length / 2);
  const least = leasts.map(({ model, calibration }) => model + calibration).find((least) => least < length);
  return Math.max(half, least ?? 0);
}

/** Shares of ordinary observations that a user may ask for instead. */
const usualCoverages = [0.99, 0.98, 0.95, 0.9, 0.8, 0.5];

/**
 * @param start how many values are learned from
 * @throws ArgumentError where that are too few for intervals of `coverage`
 */
export function requireAnomalyTraining(
  { length }: TimeSeries,
  { model, calibration }: AnomalyTraining,
  { start, coverage }: { readonly start: number; readonly coverage: number },
): void {
  const least = model + calibration;
  if (start >= least) return;
  const needed = `at least ${least} values (${model} for the model, ${calibration} whose errors set the interval)`;
  const lower = (most: number) =>
    usualCoverages.find((share) => share < coverage && model + errorsNeeded(share) <= most);
  const fewer = lower(least < length ? start : length - 1);
  const advice = fewer === undefined ? '' : `; --coverage ${fewer} takes ${model + errorsNeeded(fewer)}`;
  const got = least < length ? start : inWords(`a series of ${length}, of which one must be left to judge`);
  throw new ArgumentError('train', needed, got, { hint: `--coverage is ${coverage}${advice}` });
}
