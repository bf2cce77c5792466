import {
  integerOption,
  nameArguments,
  numberOption,
  type Reporter,
  reporterFor,
  UsageError,
} from '@throughtime/command-line';
import {
  type Forecast,
  type Forecaster,
  formatRowTime,
  levelsOf,
  quantileAt,
  type TimeSeries,
} from '@throughtime/forecasting';
import { loadForecaster } from '@throughtime/forecasting/node';
import { Command } from 'commander';
import { formatNumber } from '../core/report.js';
import { addReadingOptions, openSeries, type SeriesOptions, seriesNames } from './series-option.js';
import { addCommonOptions, useTensorBackend } from './shared-options.js';
import { textTable } from './text-table.js';
import { writeCsv } from './write-files.js';

interface PredictOptions extends Omit<SeriesOptions, 'series' | 'period'> {
  readonly model: string;
  readonly horizon: number;
  readonly series?: string;
  readonly coverage?: number;
  readonly acceptDamage?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function predictCommand(): Command {
  const command = new Command('predict')
    .description('Forecast with a saved model: what follows the series it was saved with, or a new one.')
    .requiredOption('--model <dir>', 'a folder that `forecast run --out` wrote')
    .option('--horizon <n>', 'steps ahead', integerOption({ min: 1 }), 12)
    .option('--series <name|file>', `forecast what follows this instead: ${seriesNames()}`)
    .option(
      '--coverage <share>',
      'with an interval that holds this share, e.g. 0.9',
      numberOption({ min: 0.01, max: 0.99 }),
    )
    .option(
      '--accept-damage',
      'read a model whose data do not match their checksum: the numbers may be wrong',
    )
    .option('--out <file.csv>', 'write the forecast as CSV');
  addReadingOptions(command);
  // A model with a calendar needs the time stamps of the series.
  nameArguments(command, { calendar: '--series' });
  return addCommonOptions(command).action((options: PredictOptions) => predict(options));
}

async function predict(options: PredictOptions): Promise<void> {
  const report = reporterFor(options.json);
  await useTensorBackend();
  const { forecaster } = await loadForecaster(options.model, {
    acceptDamage: options.acceptDamage,
    onWarning: (warning) => report.warn(warning),
  });
  const context = await contextOf(options, forecaster, report);
  const levels = options.coverage === undefined ? [] : levelsOf([options.coverage]);
  const forecast = await forecaster.predict(options.horizon, { context, levels });
  const rows = rowsOf(forecast, context, levels);
  const header = ['time', 'forecast', ...levels.map((level) => `${Number((100 * level).toFixed(2))}%`)];
  for (const [time, value, ...quantiles] of rows) {
    const named = Object.fromEntries(levels.map((level, i) => [level, quantiles[i]]));
    report.event('forecast', { time, value, ...(levels.length > 0 && { quantiles: named }) });
  }
  report.print(
    textTable(
      header,
      rows.map(([time, ...values]) => [String(time), ...values.map((v) => formatNumber(Number(v)))]),
    ),
  );
  if (options.out !== undefined) {
    await writeCsv(options.out, header, rows);
    report.note(`written: ${options.out}`);
  }
  report.event('done', { model: forecaster.name, horizon: options.horizon, out: options.out });
}

/** The series that is forecast: the one saved with the model, or the one named, with the same number of variables. */
async function contextOf(
  options: PredictOptions,
  forecaster: Forecaster,
  report: Reporter,
): Promise<TimeSeries> {
  const [saved] = forecaster.series;
  if (options.series === undefined) return saved;
  const { column = saved.variables[0] } = options;
  const { series } = await openSeries({ ...options, series: options.series, column }, report);
  if (series.width !== saved.width) {
    throw new UsageError(`--series: expected ${saved.width} variables, as the model's, got ${series.width}`);
  }
  return series;
}

function rowsOf(forecast: Forecast, context: TimeSeries, levels: readonly number[]): (string | number)[][] {
  const { timeline, width, length } = context;
  return Array.from({ length: forecast.horizon }, (_, step) => [
    timeline === undefined ? length + step : formatRowTime(timeline, length + step),
    forecast.mean[step * width],
    ...levels.map((level) => quantileAt(forecast, level)![step * width]),
  ]);
}
