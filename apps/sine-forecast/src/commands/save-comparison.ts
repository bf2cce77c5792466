import { join } from 'node:path';
import type { HeldFolder } from '@throughtime/command-line';
import { forecastIntervalFigure, residualFigure, seriesFigure } from '@throughtime/figures';
import { type Backtest, oneStepErrors, timestampAt } from '@throughtime/forecasting';
import { saveForecaster } from '@throughtime/forecasting/node';
import {
  boundsOf,
  intervalCoverage,
  intervalsOf,
  type JudgedModel,
  type Measure,
} from '../core/compare-models.js';
import { formatTime } from '../core/csv.js';
import {
  type DrawnForecasts,
  horizonFigure,
  intervalPoints,
  kStepFigure,
  multiStepFigure,
  oneStepFigure,
  pointsFrom,
  type TimeOf,
} from '../core/figures.js';
import type { OpenedSeries } from '../core/open-series.js';
import { writeCsv, writeFigure } from './write-files.js';

export interface Comparison {
  /** The models asked for, which are saved. */
  readonly asked: readonly JudgedModel[];
  /** Whether the one model asked for goes into the folder itself; otherwise each has a folder of its own. */
  readonly inOneFolder: boolean;
  readonly notes: Readonly<Record<string, unknown>>;
  /** The models that were judged, with their errors at the horizons; the first is drawn. */
  readonly models: readonly (JudgedModel & { readonly errors: readonly number[] })[];
  readonly horizons: readonly number[];
  readonly measure: Measure;
  readonly opened: OpenedSeries;
}

/**
 * Saves the models that were asked for, and of the judged ones the errors and forecasts as CSV and the chapter's four figures (the
 * data; one-step; one-step and multi-step; the k-step family), the error by horizon, the residuals and the forecast with
 * its intervals, each as SVG and PNG.
 */
export async function saveComparison(folder: HeldFolder, comparison: Comparison): Promise<void> {
  const { asked, inOneFolder, notes, models, horizons, measure, opened } = comparison;
  const { series, noiseFloor } = opened;
  const { path: out } = folder;
  await folder.begin(inOneFolder ? [] : asked.map(({ name }) => name));
  for (const { name, model } of asked) {
    // What was learned stays; the series is moved on to its end, from where `predict` continues.
    model.update(series.slice(model.series[0].length));
    await saveForecaster(inOneFolder ? out : join(out, name), model, { notes });
  }
  if (models.length === 0) return;
  await writeCsv(
    join(out, 'errors.csv'),
    ['model', ...horizons.map(String)],
    models.map(({ name, errors }) => [name, ...errors]),
  );

  const [{ name, test }] = models;
  const timeOf = timesOf(opened);
  const data = pointsFrom(timeOf, 0, series.values);
  const drawn = await drawnForecasts(models[0], opened, timeOf);
  await writeFigure(
    out,
    'data',
    seriesFigure([{ label: series.name, points: data }], { title: series.name }),
  );
  await writeFigure(out, 'one-step', oneStepFigure(data, drawn));
  await writeFigure(out, 'multi-step', multiStepFigure(data, drawn));
  await writeFigure(out, 'k-step', kStepFigure(data, drawn, { steps: horizons }));
  await writeFigure(out, 'error-by-horizon', horizonFigure(models, { horizons, measure, noiseFloor }));
  await writeFigure(out, 'residuals', residualFigure(oneStepErrors(test)));

  const future = await futurePoints(models[0], opened, { timeOf, horizon: horizons[horizons.length - 1] });
  // Fewer than nine forecasts say nothing about a 90% interval: its bounds are then infinite, and cannot be drawn.
  if (future.every(({ upper }) => Number.isFinite(upper))) {
    const shown = data.slice(-Math.max(100, 3 * future.length));
    const options = { title: `Forecast: ${name}`, level: intervalCoverage };
    await writeFigure(out, 'forecast', forecastIntervalFigure(shown, future, options));
  }
  await writeCsv(
    join(out, 'forecast.csv'),
    ['time', 'forecast', 'lower', 'upper'],
    future.map(({ time, value, lower, upper }) => [formatTime(time), value, lower, upper]),
  );
  await writeCsv(
    join(out, 'forecasts.csv'),
    ['model', 'origin', 'step', 'forecast', 'actual'],
    models.flatMap((one) => forecastRows(one.name, one.test, horizons)),
  );
}

/** A row per origin and step ahead: which model, from where, what it forecast and what came. */
export function forecastRows(
  model: string,
  { records }: Backtest,
  steps: readonly number[],
): (string | number)[][] {
  return records.flatMap(({ origin, forecast, actual }) =>
    steps.map((step) => [model, origin, step, forecast.mean[step - 1], actual[step - 1]]),
  );
}

async function drawnForecasts(
  { name, model, test: { records } }: JudgedModel,
  { series }: OpenedSeries,
  timeOf: TimeOf,
): Promise<DrawnForecasts> {
  const [{ origin }] = records;
  // The chapter's multi-step forecast: from the end of the training values to the end of the series, in one go.
  const freeRunning = await model.predict(series.length - origin, { context: series.slice(0, origin) });
  return {
    model: name,
    origin: timeOf(origin),
    ahead: (step) =>
      records.map(({ origin, forecast }) => ({
        time: timeOf(origin + step - 1),
        value: forecast.mean[step - 1],
      })),
    freeRunning: pointsFrom(timeOf, origin, freeRunning.mean),
  };
}

/** The forecast after the end of the series. Its intervals are as wide as the errors of the test at each step. */
async function futurePoints(
  { model, test }: JudgedModel,
  { series }: OpenedSeries,
  { timeOf, horizon }: { readonly timeOf: TimeOf; readonly horizon: number },
) {
  const forecast = await model.predict(horizon, { context: series });
  const bounds = boundsOf(intervalsOf(forecast, test));
  return intervalPoints(timeOf, series.length, { mean: forecast.mean, ...bounds });
}

/** The date of a row, or its number, from 0, where the series has no time stamps. */
function timesOf({ series: { timeline } }: OpenedSeries): TimeOf {
  return (row) => (timeline === undefined ? row : new Date(timestampAt(timeline, row)));
}
