import { type Backtest, levelsOf, quantileAt, type TimeSeries } from '@throughtime/forecasting';

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

/** The share of a series that is learned from, unless the user asks for another: enough to calibrate, the rest to judge. */
export function anomalyTrainingLength({ length }: TimeSeries): number {
  return Math.floor(length / 2);
}
