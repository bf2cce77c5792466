import { join } from 'node:path';
import type { HeldFolder } from '@throughtime/command-line';
import { clockTime, formatRowTime, timestampAt } from '@throughtime/datasets';
import { type Figure, forecastIntervalFigure, residualFigure, seriesFigure } from '@throughtime/figures';
import {
  type Backtest,
  calibrated,
  type Forecaster,
  levelsOf,
  quantileAt,
  type TimeSeries,
  type TransformOptions,
} from '@throughtime/forecasting';
import { saveForecaster } from '@throughtime/forecasting/node';
import {
  bestOf,
  boundsOf,
  forecastsToEnd,
  intervalCoverage,
  intervalsOf,
  type JudgedModel,
  type Measure,
} from '../core/compare-models.js';
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
import { hasDistribution, type ModelName } from '../core/models.js';
import type { OpenedSeries } from '../core/open-series.js';
import { writeCsv, writeFigure } from './write-files.js';

export interface Comparison {
  /** The models asked for, which are saved. */
  readonly asked: readonly JudgedModel[];
  /** Whether the one model asked for goes into the folder itself; otherwise each has a folder of its own. */
  readonly inOneFolder: boolean;
  readonly notes: Readonly<Record<string, unknown>>;
  /** The models that were judged, with their errors at the horizons. */
  readonly models: readonly (JudgedModel & { readonly errors: readonly number[] })[];
  readonly horizons: readonly number[];
  readonly measure: Measure;
  readonly opened: OpenedSeries;
  /** What was done to the series before the models saw it. */
  readonly transforms?: readonly TransformOptions[] | undefined;
}

/**
 * Saves the models that were asked for, and of the judged ones the errors and forecasts as CSV and the chapter's figures (the
 * data; one-step; one-step and multi-step; the k-step family), the error by horizon, the residuals and the forecast with
 * its intervals, each as SVG and PNG. The figures in the folder are those of the best model; each model's own are in a folder of
 * its name.
 */
export async function saveComparison(folder: HeldFolder, comparison: Comparison): Promise<void> {
  const { asked, inOneFolder, notes, models, horizons, measure, opened, transforms } = comparison;
  const { series, noiseFloor } = opened;
  const { path: out } = folder;
  const names = new Set([
    ...models.map(({ name }) => name),
    ...(inOneFolder ? [] : asked.map(({ name }) => name)),
  ]);
  await folder.begin([...names]);
  for (const { name, model, test } of asked) {
    // What was learned stays; the series is moved on to its end, from where `predict` continues.
    model.update(series.slice(model.series[0].length));
    await saveForecaster(
      inOneFolder ? out : join(out, name),
      withIntervals({ name, model, test }, transforms),
      {
        notes,
      },
    );
  }
  if (models.length === 0) return;
  await writeCsv(
    join(out, 'errors.csv'),
    ['model', ...horizons.map(String)],
    models.map(({ name, errors }) => [name, ...errors]),
  );
  await writeCsv(
    join(out, 'forecasts.csv'),
    ['model', 'origin', 'step', 'forecast', 'actual'],
    models.flatMap((one) => forecastRows(one.name, one.test, horizons)),
  );

  const timeOf = timesOf(opened);
  const data = pointsFrom(timeOf, 0, series.values);
  await writeFigure(
    [out],
    'data',
    seriesFigure([{ label: series.name, points: data }], { title: series.name }),
  );
  await writeFigure([out], 'error-by-horizon', horizonFigure(models, { horizons, measure, noiseFloor }));
  const best = bestOf(models);
  const rows: (string | number)[][] = [];
  for (const one of [best, ...models.filter((model) => model !== best)]) {
    const drawn = await drawnForecasts(one, opened, timeOf);
    // Covariates are known so far and no further.
    const ahead = series.known === undefined ? Number.POSITIVE_INFINITY : series.knownAhead;
    const horizon = Math.min(horizons[horizons.length - 1], ahead);
    const future = horizon === 0 ? [] : await futurePoints(one, opened, { timeOf, horizon });
    const figures: Record<string, Figure> = {
      'one-step': oneStepFigure(data, drawn),
      'multi-step': multiStepFigure(data, drawn),
      'k-step': kStepFigure(data, drawn, { steps: horizons }),
      residuals: { ...residualFigure(drawn.residuals), title: `Residuals: ${one.name}` },
    };
    // Too few forecasts say nothing about a 90% interval: its bounds are then infinite, and cannot be drawn.
    if (future.length > 0 && future.every(({ upper }) => Number.isFinite(upper))) {
      const shown = data.slice(-Math.max(100, 3 * future.length));
      const options = { title: `Forecast: ${one.name}`, level: intervalCoverage };
      figures.forecast = forecastIntervalFigure(shown, future, options);
    }
    for (const [name, figure] of Object.entries(figures)) {
      await writeFigure([join(out, one.name), ...(one === best ? [out] : [])], name, figure);
    }
    future.forEach(({ value, lower, upper }, step) => {
      rows.push([one.name, rowTime(opened, series.length + step), value, lower, upper]);
    });
  }
  await writeCsv(join(out, 'forecast.csv'), ['model', 'time', 'forecast', 'lower', 'upper'], rows);
}

/** A model with intervals that a later `predict` can give: its own, or such as the errors of the test calibrate. */
function withIntervals(
  { name, model, test }: Pick<JudgedModel, 'name' | 'model' | 'test'>,
  transforms: readonly TransformOptions[] | undefined,
): Forecaster {
  return hasDistribution(name as ModelName, { transforms }) || test.records.length === 0
    ? model
    : calibrated(model, test);
}

/** A row per origin and step ahead: which model, from where, what it forecast, what came, and the bounds of an interval. */
export function forecastRows(
  model: string,
  { records }: Backtest,
  steps: readonly number[],
  { coverage, series = [] }: { readonly coverage?: number; readonly series?: readonly TimeSeries[] } = {},
): (string | number)[][] {
  const levels = coverage === undefined ? [] : levelsOf([coverage]);
  return records.flatMap(({ series: index, origin, forecast, actual }) => {
    const bounds = levels.map((level) => quantileAt(forecast, level));
    return steps.map((step) => [
      model,
      ...(series.length > 1 ? [series[index].name] : []),
      origin,
      step,
      forecast.mean[step - 1],
      actual[step - 1],
      ...bounds.map((values) => values?.[step - 1] ?? Number.NaN),
    ]);
  });
}

async function drawnForecasts(
  judged: JudgedModel,
  { series }: OpenedSeries,
  timeOf: TimeOf,
): Promise<DrawnForecasts & { readonly residuals: Float64Array }> {
  const { name, model } = judged;
  const forecasts = await forecastsToEnd(judged, series);
  const [{ origin }] = forecasts;
  // The chapter's multi-step forecast: from the end of the training values to the end of the series, in one go.
  const freeRunning = await model.predict(series.length - origin, { context: series.slice(0, origin) });
  return {
    model: name,
    origin: timeOf(origin),
    ahead: (step) =>
      forecasts
        .filter(({ mean }) => step <= mean.length)
        .map(({ origin, mean }) => ({ time: timeOf(origin + step - 1), value: mean[step - 1] })),
    freeRunning: pointsFrom(timeOf, origin, freeRunning.mean),
    residuals: Float64Array.from(forecasts, ({ origin, mean }) => series.values[origin] - mean[0]),
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

/** The date of a row by the clock of the series' zone, or its number, from 0, where the series has no time stamps. */
function timesOf({ series: { timeline } }: OpenedSeries): TimeOf {
  if (timeline === undefined) return (row) => row;
  const { zone } = timeline;
  return (row) => {
    const time = timestampAt(timeline, row);
    return new Date(zone === undefined ? time : clockTime(time, zone));
  };
}

/** The same as text, in the series' own zone. */
function rowTime({ series: { timeline } }: OpenedSeries, row: number): string | number {
  return timeline === undefined ? row : formatRowTime(timeline, row);
}
