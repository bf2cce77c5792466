import { join } from 'node:path';
import {
  errorByHorizonFigure,
  type Figure,
  forecastIntervalFigure,
  residualFigure,
  type SeriesPoint,
  seriesFigure,
} from '@throughtime/figures';
import {
  type Backtest,
  type Forecast,
  levelsOf,
  oneStepErrors,
  quantileAt,
  type TimeSeries,
  timestampAt,
} from '@throughtime/forecasting';
import { writeCsv } from './csv.js';
import type { OpenedSeries } from './open-series.js';
import { writeFigure } from './write-figure.js';

export interface RunFigureOptions {
  readonly results: readonly {
    readonly name: string;
    readonly test: Backtest;
    readonly errors: readonly number[];
  }[];
  readonly horizons: readonly number[];
  readonly opened: OpenedSeries;
  readonly measure: string;
  /** By the first model, from its first origin on, each forecast fed back, as far as it can: to the end of the series. */
  readonly freeRunning: Forecast;
  /** What follows the series, by the first model, with intervals of {@link forecastCoverage}. */
  readonly future: Forecast;
}

/** Of the intervals in the figure `forecast`. */
export const forecastCoverage = 0.9;

/**
 * The chapter's four figures (the data; one-step; one-step and multi-step; the k-step family), the error by horizon, the
 * residuals and the forecast with its intervals, each as SVG and PNG, with the numbers behind them as CSV.
 */
export async function writeRunFigures(out: string, options: RunFigureOptions): Promise<void> {
  const { results, horizons, opened, measure } = options;
  const { series, noiseFloor } = opened;
  const data = pointsOf(series, 0, [...series.values]);
  const write = (name: string, figure: Figure) => writeFigure(out, name, figure);
  await write('data', seriesFigure([{ label: series.name, points: data }], { title: series.name }));

  const best = results[0];
  const oneStep = { label: `${best.name}, one step`, points: stepPoints(series, best.test, 1) };
  const [{ origin: first }] = best.test.records;
  const path = pointsOf(series, first, [...options.freeRunning.mean]);
  const multi = { label: `${best.name}, free running`, points: path };
  const origin = data[first].time;
  const context = { label: 'data', points: data };
  await write('one-step', seriesFigure([context, oneStep], { title: 'One step ahead', origin }));
  await write(
    'multi-step',
    seriesFigure([context, oneStep, multi], { title: 'One step and free running', origin }),
  );
  const family = horizons.map((step) => ({
    label: `${step} step${step === 1 ? '' : 's'} ahead`,
    points: stepPoints(series, best.test, step),
  }));
  await write('k-step', seriesFigure([context, ...family], { title: `k steps ahead: ${best.name}`, origin }));
  await write(
    'error-by-horizon',
    errorByHorizonFigure(
      results.map(({ name, errors }) => ({
        model: name,
        errors: errors.map((error, i) => ({ horizon: horizons[i], error })),
      })),
      { measure, ...(noiseFloor !== undefined && { floor: noiseFloor }) },
    ),
  );
  await write('residuals', residualFigure(oneStepErrors(best.test)));
  const [lower, upper] = levelsOf([forecastCoverage]).map((level) => quantileAt(options.future, level)!);
  const future = pointsOf(series, series.length, [...options.future.mean]).map((point, step) => ({
    ...point,
    lower: lower[step],
    upper: upper[step],
  }));
  // Fewer than nine forecasts say nothing of a 90% interval: its bounds are then infinite, and cannot be drawn.
  if (future.every((point) => Number.isFinite(point.upper))) {
    const shown = data.slice(-Math.max(100, 3 * future.length));
    const title = `Forecast: ${best.name}`;
    await write('forecast', forecastIntervalFigure(shown, future, { title, level: forecastCoverage }));
  }
  await writeCsv(
    join(out, 'forecast.csv'),
    ['time', 'forecast', 'lower', 'upper'],
    future.map(({ time, value, ...point }) => [formatTime(time), value, point.lower, point.upper]),
  );
  await writeCsv(
    join(out, 'forecasts.csv'),
    ['model', 'origin', 'step', 'forecast', 'actual'],
    rowsOf(options),
  );
}

function rowsOf({ results, horizons }: RunFigureOptions): (string | number)[][] {
  return results.flatMap(({ name, test }) =>
    test.records.flatMap(({ origin, forecast, actual }) =>
      horizons.map((step) => [name, origin, step, forecast.mean[step - 1], actual[step - 1]]),
    ),
  );
}

/** The forecasts `step` steps ahead, at the times that they are for. */
function stepPoints(series: TimeSeries, { records }: Backtest, step: number): SeriesPoint[] {
  return records.map(({ origin, forecast }) => ({
    time: timeOf(series, origin + step - 1),
    value: forecast.mean[step - 1],
  }));
}

function pointsOf(series: TimeSeries, from: number, values: readonly number[]): SeriesPoint[] {
  return values.map((value, i) => ({ time: timeOf(series, from + i), value }));
}

function formatTime(time: number | Date): string | number {
  return typeof time === 'number' ? time : time.toISOString().replace('T00:00:00.000Z', '');
}

function timeOf({ timeline }: TimeSeries, index: number): number | Date {
  return timeline === undefined ? index : new Date(timestampAt(timeline, index));
}
