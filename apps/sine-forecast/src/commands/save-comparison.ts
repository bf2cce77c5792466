import { join } from 'node:path';
import { type HeldFolder, saveCard } from '@throughtime/command-line';
import {
  autocorrelationFigure,
  type Figure,
  forecastIntervalFigure,
  type IntervalPoint,
  normalQuantileFigure,
  residualFigure,
  type SeriesPoint,
  seriesFigure,
} from '@throughtime/figures';
import { calibrated, type Forecaster, normalQuantile, type TimeSeries } from '@throughtime/forecasting';
import { saveForecaster } from '@throughtime/forecasting/node';
import {
  bestOf,
  boundsOf,
  errorsAt,
  forecastsToEnd,
  intervalCoverage,
  intervalsOf,
  type JudgedModel,
  type Measure,
  testOf,
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
import { columnTitle, modelTitle } from '../core/labels.js';
import type { OpenedSeries } from '../core/open-series.js';
import { type CommandFacts, forecasterCard } from './forecaster-card.js';
import { forecastRows, inPath, mostDrawn, rowTime, seriesErrors, timesOf } from './out-files.js';
import { writeFigure } from './write-figure.js';
import { writeCsv } from './write-files.js';

export interface Comparison {
  /** The models asked for, which are saved. */
  readonly asked: readonly JudgedModel[];
  /** Whether the one model asked for goes into the folder itself; otherwise each has a folder of its own. */
  readonly inOneFolder: boolean;
  readonly notes: Readonly<Record<string, unknown>>;
  /** What all models' cards say. */
  readonly facts: CommandFacts;
  /** The models that were judged, with their errors at the horizons. */
  readonly models: readonly (JudgedModel & { readonly errors: readonly number[] })[];
  readonly horizons: readonly number[];
  readonly measure: Measure;
  readonly opened: OpenedSeries;
}

/**
 * Saves the models that were asked for, and the errors and forecasts of the judged ones as CSV. Draws the chapter's figures (the
 * data; one-step; one-step and multi-step; the k-step family), the error by horizon, the residuals and the forecast with
 * its intervals, each as SVG and PNG. The figures in the folder are those of the best model; each model's own are in a folder of
 * its name. Of several series, the first have their figures in a folder of each.
 */
export async function saveComparison(folder: HeldFolder, comparison: Comparison): Promise<void> {
  const { asked, inOneFolder, notes, facts, models, horizons, measure, opened } = comparison;
  const { all, noiseFloor } = opened;
  const { path: out } = folder;
  const drawn = all.slice(0, mostDrawn);
  const folders = all.length === 1 ? [''] : drawn.map(({ name }, i) => `${i + 1}-${inPath(name)}`);
  const parts = models.map(({ name }) => name);
  await folder.begin([
    ...new Set([
      ...(inOneFolder ? [] : asked.map(({ name }) => name)),
      ...folders.flatMap((own) => ['', ...parts].map((part) => join(own, part))),
    ]),
  ]);
  for (const { name, model, test } of asked) {
    // The learned weights stay; the series are moved on to their end, from where `predict` continues.
    all.forEach((series, i) => {
      model.update(series.slice(model.series[i].length), i);
    });
    const own = inOneFolder ? out : join(out, name);
    await saveForecaster(own, withIntervals({ model, test }), { notes });
    // One that was interrupted was not judged.
    const errors = models.find((judged) => judged.name === name)?.errors;
    const byHorizon = errors && Object.fromEntries(horizons.map((step, i) => [step, errors[i]]));
    await saveCard(own, forecasterCard(facts, name, byHorizon && { measure, errorsByHorizon: byHorizon }));
  }
  if (models.length === 0) return;
  await writeCsv(
    join(out, 'errors.csv'),
    ['model', ...horizons.map(String)],
    models.map(({ name, errors }) => [name, ...errors]),
  );
  const several = all.length > 1;
  if (several) {
    await writeCsv(
      join(out, seriesErrors),
      ['model', 'series', ...horizons.map(String)],
      models.flatMap(({ name, test }) =>
        all.map((series, i) => [name, series.name, ...errorsAt(testOf(test, i), measure, horizons)]),
      ),
    );
  }
  const inSeries = several ? ['series'] : [];
  await writeCsv(
    join(out, 'forecasts.csv'),
    ['model', ...inSeries, 'origin', 'step', 'forecast', 'actual'],
    models.flatMap((one) => forecastRows(one.name, one.test, horizons, { series: all })),
  );
  await writeFigure([out], 'error-by-horizon', horizonFigure(models, { horizons, measure, noiseFloor }));

  const rows: (string | number)[][] = [];
  for (const [i, series] of all.entries()) {
    const own = models.map(({ errors, test, ...model }) => ({
      ...{ ...model, errors, test: several ? testOf(test, i) : test },
    }));
    const future = await futuresOf(own, series, horizons[horizons.length - 1]);
    for (const [m, points] of future.entries()) {
      points.forEach(({ value, lower, upper }, step) => {
        const of = several ? [series.name] : [];
        rows.push([own[m].name, ...of, rowTime(series, series.length + step), value, lower, upper]);
      });
    }
    if (i < drawn.length) {
      const title = columnTitle(opened.name, series.variables[0]);
      await drawSeries(join(out, folders[i]), series, { models: own, future, horizons, title });
    }
  }
  const best = models.indexOf(bestOf(models));
  // The best model first.
  const place = ([name]: readonly (string | number)[]) => (name === models[best].name ? 0 : 1);
  rows.sort((a, b) => place(a) - place(b));
  await writeCsv(
    join(out, 'forecast.csv'),
    ['model', ...inSeries, 'time', 'forecast', 'lower', 'upper'],
    rows,
  );
}

/** The forecast after the end of a series, of each model. */
async function futuresOf(
  models: readonly JudgedModel[],
  series: TimeSeries,
  longest: number,
): Promise<readonly (readonly IntervalPoint[])[]> {
  // Covariates are known so far and no further.
  const ahead = series.known === undefined ? Number.POSITIVE_INFINITY : series.knownAhead;
  const horizon = Math.min(longest, ahead);
  const futures: (readonly IntervalPoint[])[] = [];
  for (const model of models) futures.push(horizon === 0 ? [] : await futurePoints(model, series, horizon));
  return futures;
}

interface DrawnSeries {
  readonly models: readonly (JudgedModel & { readonly errors: readonly number[] })[];
  /** The forecast of each model after the end. */
  readonly future: readonly (readonly IntervalPoint[])[];
  readonly horizons: readonly number[];
  /** What the values are. */
  readonly title: string;
}

/** The figures of one series: the data, and those of each model. */
async function drawSeries(
  out: string,
  series: TimeSeries,
  { models, future, horizons, title: valueLabel }: DrawnSeries,
): Promise<void> {
  const timeOf = timesOf(series);
  const data = pointsFrom(timeOf, 0, series.values);
  const labels = { valueLabel, timeLabel: series.timeline === undefined ? 'step' : 'time' };
  await writeFigure(
    [out],
    'data',
    seriesFigure([{ label: series.name, points: data }], { title: series.name, ...labels }),
  );
  const best = bestOf(models);
  for (const [i, one] of models.entries()) {
    const drawn = await drawnForecasts(one, series, timeOf);
    const of = (figure: Figure) => ({ ...figure, title: `${figure.title}: ${modelTitle(one.name)}` });
    const figures: Record<string, Figure> = {
      'one-step': oneStepFigure(data, drawn, labels),
      'multi-step': multiStepFigure(data, drawn, labels),
      'k-step': kStepFigure(recent(data, drawn), drawn, { ...labels, steps: horizons }),
      residuals: of(residualFigure(drawn.residuals)),
      'residual-autocorrelation': of(autocorrelationFigure(drawn.residuals)),
      'residual-quantiles': of(normalQuantileFigure(drawn.residuals, { normalQuantile })),
    };
    // Too few forecasts say nothing about a 90% interval: its bounds are then infinite, and cannot be drawn.
    if (future[i].length > 0 && future[i].every(({ upper }) => Number.isFinite(upper))) {
      const shown = data.slice(-Math.max(100, 3 * future[i].length));
      const options = { ...labels, title: `Forecast: ${modelTitle(one.name)}`, level: intervalCoverage };
      figures.forecast = forecastIntervalFigure(shown, future[i], options);
    }
    for (const [name, figure] of Object.entries(figures)) {
      await writeFigure([join(out, one.name), ...(one === best ? [out] : [])], name, figure);
    }
  }
}

/** The data from as long before the forecasts as they are long: what is learned from is not what the figure is about. */
function recent(data: readonly SeriesPoint[], { origin }: DrawnForecasts): readonly SeriesPoint[] {
  const first = data.findIndex(({ time }) => Number(time) >= Number(origin));
  return data.slice(Math.max(0, 2 * first - data.length));
}

/** A model with the intervals that the errors of its test calibrate, which a later `predict` gives as the run shows them. */
function withIntervals({ model, test }: Pick<JudgedModel, 'model' | 'test'>): Forecaster {
  // One that was interrupted was not judged.
  return test.records.length === 0 ? model : calibrated(model, test);
}

async function drawnForecasts(
  judged: JudgedModel,
  series: TimeSeries,
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
async function futurePoints({ model, test }: JudgedModel, series: TimeSeries, horizon: number) {
  const forecast = await model.predict(horizon, { context: series });
  const bounds = boundsOf(intervalsOf(forecast, test));
  return intervalPoints(timesOf(series), series.length, { mean: forecast.mean, ...bounds });
}
