import { join } from 'node:path';
import {
  integerOption,
  interruptible,
  numberListOption,
  numberOption,
  type Reporter,
  reporterFor,
} from '@throughtime/command-line';
import {
  type Backtest,
  backtest,
  calibratedForecast,
  type Forecast,
  type Forecaster,
  levelsOf,
  scoresOf,
  type TimeSeries,
} from '@throughtime/forecasting';
import { saveForecaster } from '@throughtime/forecasting/node';
import { Random } from '@throughtime/random';
import { Command } from 'commander';
import { writeCsv } from '../csv.js';
import { createModel, modelListOption, modelNames } from '../model-catalogue.js';
import { type OpenedSeries, openSeries } from '../open-series.js';
import { forecastCoverage, writeRunFigures } from '../run-figures.js';
import { formatNumber, textTable } from '../text-table.js';
import { addCommonOptions, addSeriesOptions } from './shared-options.js';

interface RunOptions {
  readonly series: string;
  readonly column?: string;
  readonly allowMissing?: boolean;
  readonly period?: number;
  readonly model: readonly string[];
  readonly lags: number;
  readonly train?: number;
  readonly horizons?: readonly number[];
  readonly stride?: number;
  readonly epochs?: number;
  readonly lr?: number;
  readonly hidden?: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** One model's place in the table. */
interface RunResult {
  readonly name: string;
  readonly model: Forecaster;
  readonly test: Backtest;
  /** At each of the horizons. */
  readonly errors: readonly number[];
  readonly seconds: number;
}

/** Origins that are enough to tell models apart: more only take time. */
const mostOrigins = 400;

export function runCommand(): Command {
  const command = new Command('run').description(
    'Train models on the first values of a series and print their k-step-ahead errors on the rest, beside baselines.',
  );
  addSeriesOptions(command, 'sine');
  command
    .option('--model <names>', `one or several of ${modelNames.join(', ')}`, modelListOption, ['linear'])
    .option('--lags <n>', 'values that a model of lags sees', integerOption({ min: 1 }), 4)
    .option(
      '--train <n>',
      'values to learn from (default: 604 of the sine, 70% of others)',
      integerOption({ min: 2 }),
    )
    .option(
      '--horizons <list>',
      'steps ahead (default: those of 1, 4, 16, 64 that the values after the training ones have room for)',
      numberListOption({ min: 1 }),
    )
    .option(
      '--stride <n>',
      `steps between origins (default: at most ${mostOrigins} origins)`,
      integerOption({ min: 1 }),
    )
    .option(
      '--epochs <n>',
      'passes over the training data (default: 10, recurrent 30)',
      integerOption({ min: 1 }),
    )
    .option('--lr <x>', 'learning rate (default: .01, recurrent .005)', numberOption({ min: 0 }))
    .option('--hidden <n>', 'hidden units (default: 10, recurrent 32)', integerOption({ min: 1 }))
    .option('--out <dir>', 'where the models, tables and figures go');
  return addCommonOptions(command).action((options: RunOptions) => run(options));
}

async function run(options: RunOptions): Promise<void> {
  const report = reporterFor(options.json);
  const opened = await openSeries(options);
  const baselines = ['naive', ...(opened.period > 1 ? ['seasonal-naive'] : [])];
  const names = [...new Set([...options.model, ...baselines])];
  const start = options.train ?? opened.train;
  const horizons = options.horizons
    ? [...new Set(options.horizons)].sort((a, b) => a - b)
    : defaultHorizons(opened.series.length - start);
  report.event('start', {
    series: opened.series.name,
    length: opened.series.length,
    train: start,
    models: names,
  });
  await interruptible(async (signal) => {
    const results: RunResult[] = [];
    for (const name of names) {
      const result = await evaluateModel(name, options, { opened, horizons, start, signal, report });
      results.push(result);
      if (signal.aborted) break;
    }
    if (options.out !== undefined) await save(options.out, options, { results, horizons, opened, start });
    if (signal.aborted) {
      report.note(
        `forecast: interrupted${options.out === undefined ? '' : `; what was trained is in ${options.out}`}`,
      );
      report.event('interrupted', { out: options.out });
      return;
    }
    print(report, options, { results, horizons, opened, start });
  });
}

/** The chapter's, as far as half of the values that are left reach, so that there are as many forecasts as steps. */
function defaultHorizons(left: number): number[] {
  const [first, ...rest] = [1, 4, 16, 64];
  return [first, ...rest.filter((horizon) => 2 * horizon <= left)];
}

interface Setting {
  readonly opened: OpenedSeries;
  readonly horizons: readonly number[];
  readonly start: number;
  readonly signal: AbortSignal;
  readonly report: Reporter;
}

async function evaluateModel(name: string, options: RunOptions, setting: Setting): Promise<RunResult> {
  const { opened, horizons, start, signal, report } = setting;
  const { series, period, calendar } = opened;
  // Each model has a stream of its own, so that its result does not depend on which others are asked for.
  const random = Random.seeded(options.seed);
  const model = await createModel(name, { ...options, period, calendar, random });
  const horizon = horizons[horizons.length - 1];
  const began = performance.now();
  const test = await backtest(model, series, {
    start,
    horizon,
    period,
    stride: options.stride ?? Math.max(1, Math.ceil((series.length - start - horizon) / mostOrigins)),
    signal,
    fit: {
      onProgress({ epoch, epochs, loss }) {
        report.progress(`${name}: epoch ${epoch} of ${epochs}, loss ${formatNumber(loss)}`);
        report.event('epoch', { model: name, epoch, epochs, loss });
      },
    },
    onProgress: (done, origins) => report.progress(`${name}: ${done} of ${origins} forecasts`),
  });
  const errors = signal.aborted ? [] : horizons.map((step) => errorAt(test, opened, step));
  const seconds = (performance.now() - began) / 1000;
  const byHorizon = Object.fromEntries(horizons.map((step, i) => [step, errors[i]]));
  report.event('model', { model: name, measure: measureOf(opened), errors: byHorizon, seconds });
  return { name, model, test, errors, seconds };
}

/** Mean squared error where it can be held against a known floor, MASE, which compares across series, elsewhere. */
function measureOf({ noiseFloor }: OpenedSeries): 'MSE' | 'MASE' {
  return noiseFloor === undefined ? 'MASE' : 'MSE';
}

function errorAt(test: Backtest, opened: OpenedSeries, step: number): number {
  const scores = scoresOf(test, { step });
  return measureOf(opened) === 'MSE' ? scores.mse : scores.mase;
}

interface Outcome {
  readonly results: readonly RunResult[];
  readonly horizons: readonly number[];
  readonly opened: OpenedSeries;
  readonly start: number;
}

function print(report: Reporter, options: RunOptions, { results, horizons, opened, start }: Outcome): void {
  const { series, noiseFloor } = opened;
  const measure = measureOf(opened);
  const origins = results[0].test.records.length;
  report.print(
    `${series.name}: ${series.length} values, learnt from the first ${start}; ${measure} of ${origins} forecasts after them\n`,
  );
  const rows = results.map(({ name, errors, seconds }) => [
    name,
    ...errors.map(formatNumber),
    `${seconds.toFixed(1)} s`,
  ]);
  if (noiseFloor !== undefined)
    rows.push(['noise floor', ...horizons.map(() => formatNumber(noiseFloor)), '']);
  report.print(textTable(['steps ahead', ...horizons.map(String), 'time'], rows));
  if (measure === 'MASE') {
    report.print('\nMASE: 1 is the error, on the training data, of repeating the value a season before.');
  }
  if (options.out !== undefined) report.print(`\nModels, tables and figures: ${options.out}`);
  report.event('done', {
    measure,
    horizons,
    models: Object.fromEntries(results.map(({ name, errors }) => [name, errors])),
    ...(noiseFloor !== undefined && { noiseFloor }),
    ...(options.out !== undefined && { out: options.out }),
  });
}

/** The model asked for in the folder itself, or each in its own where there are several; tables and figures beside. */
async function save(out: string, options: RunOptions, outcome: Outcome): Promise<void> {
  const { results, horizons, opened } = outcome;
  const asked = results.filter(({ name }) => options.model.includes(name));
  for (const { name, model } of asked) {
    // What was learnt stays; the series is moved on to its end, from where `predict` goes on.
    model.update(opened.series.slice(model.series[0].length));
    const directory = options.model.length === 1 ? out : join(out, name);
    await saveForecaster(directory, model, { notes: { series: options.series, period: opened.period } });
  }
  const finished = results.filter(({ errors }) => errors.length > 0);
  if (finished.length === 0) return;
  const table = finished.map(({ name, errors }) => [name, ...errors]);
  await writeCsv(join(out, 'errors.csv'), ['model', ...horizons.map((step) => `${step}`)], table);
  // Calibrated on the backtest: an interval is as wide as the errors at that step were.
  const [best] = finished;
  const forecast = await best.model.predict(horizons[horizons.length - 1], { context: opened.series });
  const future = calibratedForecast(forecast, best.test, levelsOf([forecastCoverage]));
  const freeRunning = await runFreely(best, opened.series);
  await writeRunFigures(out, {
    results: finished,
    horizons,
    opened,
    measure: measureOf(opened),
    freeRunning,
    future,
  });
}

/** The chapter's multi-step forecast: from the end of the training values to the end of the series, in one go. */
async function runFreely({ model, test }: RunResult, series: TimeSeries): Promise<Forecast> {
  const [{ origin }] = test.records;
  return model.predict(series.length - origin, { context: series.slice(0, origin) });
}
