import { type Figure, forecastIntervalFigure } from '@throughtime/figures';
import type { Backtest, TimeSeries } from '@throughtime/forecasting';
import { anomaliesOf, judgedSteps } from '../core/anomalies.js';
import { pointsFrom } from '../core/figures.js';
import { timesOf } from './out-files.js';

/** A series with its intervals, and what lies outside of them marked. */
export function anomalyFigure(
  series: TimeSeries,
  test: Backtest,
  { coverage, start, title }: { readonly coverage: number; readonly start: number; readonly title: string },
): Figure {
  const at = timesOf(series);
  const steps = judgedSteps(test, coverage);
  const from = Math.max(0, start - steps.length);
  const bounded = steps.filter(({ lower, upper }) => Number.isFinite(lower) && Number.isFinite(upper));
  return forecastIntervalFigure(
    pointsFrom(at, from, series.values.subarray(from)),
    bounded.map(({ row, forecast, lower, upper }) => ({ time: at(row), value: forecast, lower, upper })),
    {
      ...{ title, level: coverage, origin: at(start) },
      marked: anomaliesOf(test, coverage).map(({ row, value }) => ({ time: at(row), value })),
    },
  );
}
