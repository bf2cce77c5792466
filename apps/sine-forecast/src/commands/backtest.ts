import { join } from 'node:path';
import {
  integerOption,
  interruptible,
  numberOption,
  type Reporter,
  reporterFor,
  UsageError,
} from '@throughtime/command-line';
import { type Backtest, backtest, type ComparisonRow, compare } from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { Command } from 'commander';
import { writeCsv } from '../csv.js';
import { createModelWithIntervals, modelListOption, modelNames } from '../model-catalogue.js';
import { openSeries } from '../open-series.js';
import { formatNumber, textTable } from '../text-table.js';
import { addCommonOptions, addSeriesOptions } from './shared-options.js';

interface BacktestOptions {
  readonly series: string;
  readonly column?: string;
  readonly allowMissing?: boolean;
  readonly period?: number;
  readonly models: readonly string[];
  readonly horizon: number;
  readonly stride: number;
  readonly train?: number;
  readonly refit?: 'once' | number;
  readonly window?: number;
  readonly coverage: number;
  readonly lags: number;
  readonly epochs?: number;
  readonly lr?: number;
  readonly hidden?: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** A model of years ago is not what anyone would forecast with, and one a day is not what anyone has time for. */
const defaultFits = 4;

export function backtestCommand(): Command {
  const command = new Command('backtest').description(
    'Compare models from rolling origins: each forecasts from the values before the origin alone.',
  );
  addSeriesOptions(command);
  command
    .requiredOption('--models <names>', `several of ${modelNames.join(', ')}`, modelListOption)
    .option('--horizon <n>', 'steps ahead', integerOption({ min: 1 }), 12)
    .option('--stride <n>', 'steps from one origin to the next', integerOption({ min: 1 }), 1)
    .option('--train <n>', 'values before the first origin (default: 70%)', integerOption({ min: 2 }))
    .option(
      '--refit <when>',
      `once, or every so many origins (default: ${defaultFits} times in all)`,
      refitOption,
    )
    .option(
      '--window <n>',
      'learn from the last so many values (default: from all)',
      integerOption({ min: 2 }),
    )
    .option(
      '--coverage <share>',
      'judge intervals that should hold this share',
      numberOption({ min: 0.01, max: 0.99 }),
      0.9,
    )
    .option('--lags <n>', 'values that a model of lags sees', integerOption({ min: 1 }), 12)
    .option('--epochs <n>', 'passes over the training data (default: 10)', integerOption({ min: 1 }))
    .option('--lr <x>', 'learning rate (default: .01, recurrent .005)', numberOption({ min: 0 }))
    .option('--hidden <n>', 'hidden units (default: 10, recurrent 32)', integerOption({ min: 1 }))
    .option('--out <dir>', 'where the scores and forecasts go, as CSV');
  return addCommonOptions(command).action((options: BacktestOptions) => run(options));
}

function refitOption(text: string): 'once' | number {
  if (text === 'once') return text;
  if (!/^\d+$/.test(text) || Number(text) < 1) {
    throw new UsageError(`--refit: expected 'once' or a number of origins from 1, got '${text}'`);
  }
  return Number(text);
}

async function run(options: BacktestOptions): Promise<void> {
  const report = reporterFor(options.json);
  const { series, period, calendar, train } = await openSeries(options);
  const { horizon, stride, window, coverage } = options;
  const baseline = period > 1 ? 'seasonal-naive' : 'naive';
  const names = [...new Set([baseline, ...options.models])];
  const start = options.train ?? train;
  const origins = Math.floor((series.length - start - horizon) / stride) + 1;
  const { refit = Math.max(1, Math.ceil(origins / defaultFits)) } = options;
  report.event('start', { series: series.name, length: series.length, start, models: names });
  await interruptible(async (signal) => {
    const tests: Backtest[] = [];
    for (const name of names) {
      const settings = { ...options, period, calendar, random: Random.seeded(options.seed) };
      const model = await createModelWithIntervals(name, settings, {
        horizon,
        train: Math.min(start, window ?? start),
      });
      const began = performance.now();
      tests.push(
        await backtest(model, series, {
          horizon,
          stride,
          refit,
          window,
          start,
          period,
          coverages: [coverage],
          signal,
          onProgress: (done, origins) => report.progress(`${name}: ${done} of ${origins} origins`),
        }),
      );
      if (signal.aborted) {
        report.event('interrupted');
        return;
      }
      report.event('model', { model: name, seconds: (performance.now() - began) / 1000 });
    }
    const rows = compare(tests, { baseline: tests[0].name });
    print(report, rows, { series: series.name, tests, start, baseline: tests[0].name });
    if (options.out !== undefined) await save(options.out, rows, tests);
    report.event('done', { horizon, stride, baseline: tests[0].name, scores: rows });
  });
}

function print(
  report: Reporter,
  rows: readonly ComparisonRow[],
  {
    series,
    tests,
    start,
    baseline,
  }: { series: string; tests: readonly Backtest[]; start: number; baseline: string },
): void {
  const [{ horizon, records, coverages }] = tests;
  const fraction = `${Number((100 * coverages[0]).toPrecision(3))}%`;
  report.print(
    `${series}: ${records.length} origins from ${start} on, horizon ${horizon}; p: Diebold-Mariano against ${baseline}\n`,
  );
  const header = ['model', 'MASE', 'RMSSE', 'MAE', 'RMSE', 'sMAPE', 'CRPS', `in ${fraction}`, 'p'];
  const cells = rows.map(({ name, scores, pValue }) => [
    name,
    ...[scores.mase, scores.rmsse, scores.mae, scores.rmse, scores.smape, scores.crps].map(formatNumber),
    `${(100 * scores.coverage[0].measured).toFixed(1)}%`,
    pValue === undefined ? '-' : pValue < 0.001 ? '<.001' : pValue.toFixed(3),
  ]);
  report.print(textTable(header, cells));
  report.print(
    `\nMASE: 1 is the error, on the values before ${start}, of repeating the value a season before. in ${fraction}: what share the\n${fraction} intervals held.`,
  );
}

async function save(out: string, rows: readonly ComparisonRow[], tests: readonly Backtest[]): Promise<void> {
  const measures = ['mase', 'rmsse', 'mae', 'rmse', 'mape', 'smape'] as const;
  await writeCsv(
    join(out, 'scores.csv'),
    ['model', ...measures, 'p'],
    rows.map(({ name, scores, pValue }) => [
      name,
      ...measures.map((measure) => scores[measure]),
      pValue ?? '',
    ]),
  );
  await writeCsv(
    join(out, 'forecasts.csv'),
    ['model', 'origin', 'step', 'forecast', 'actual'],
    tests.flatMap(({ name, records }) =>
      records.flatMap(({ origin, forecast, actual }) =>
        [...forecast.mean].map((value, step) => [name, origin, step + 1, value, actual[step]]),
      ),
    ),
  );
}
