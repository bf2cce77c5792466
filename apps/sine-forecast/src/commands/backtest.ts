import { join } from 'node:path';
import {
  HeldFolder,
  integerOption,
  interruptible,
  nameArguments,
  numberOption,
  reporterFor,
  UsageError,
} from '@throughtime/command-line';
import { compare } from '@throughtime/forecasting';
import { Command } from 'commander';
import { compareModels, intervalCoverage } from '../core/compare-models.js';
import { baselineNames, createModelWithIntervals, type ModelName, modelNames } from '../core/models.js';
import { requireChange, trainingLength } from '../core/open-series.js';
import { scoreReport } from '../core/report.js';
import { forecastRows } from './save-comparison.js';
import { addSeriesOptions, openSeries, type SeriesOptions } from './series-option.js';
import {
  addCommonOptions,
  addModelOptions,
  type ModelOptions,
  modelListOption,
  modelSettings,
  prepareModels,
} from './shared-options.js';
import { printReport } from './text-table.js';
import { writeCsv } from './write-files.js';

interface BacktestOptions extends SeriesOptions, ModelOptions {
  readonly models: readonly ModelName[];
  readonly horizon: number;
  readonly stride: number;
  readonly train?: number;
  readonly refit?: 'once' | number;
  readonly window?: number;
  readonly coverage: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** A model of years ago is not what anyone would forecast with, and one per day is not what anyone has time for. */
const defaultFits = 4;

export function backtestCommand(): Command {
  const command = new Command('backtest').description(
    'Compare models from rolling origins: each forecasts from the values before the origin alone.',
  );
  addSeriesOptions(command);
  command
    .requiredOption('--models <names>', `several of ${modelNames.join(', ')}`, modelListOption('--models'))
    .option('--horizon <n>', 'steps ahead', integerOption({ min: 1 }), 12)
    .option('--stride <n>', 'steps from one origin to the next', integerOption({ min: 1 }), 1)
    .option('--train <n>', 'values before the first origin (default: 70%)', integerOption({ min: 2 }))
    .option(
      '--refit <when>',
      `once, or the number of origins between fits (default: ${defaultFits} fits in all)`,
      refitOption,
    )
    .option(
      '--window <n>',
      'how many of the last values to learn from (default: all)',
      integerOption({ min: 2 }),
    )
    .option(
      '--coverage <share>',
      'judge intervals that should hold this share',
      numberOption({ min: 0.01, max: 0.99 }),
      intervalCoverage,
    );
  addModelOptions(command, { lags: 12, epochs: '10' });
  command.option('--out <dir>', 'where the scores and forecasts go, as CSV');
  nameArguments(command, { start: '--train', coverages: '--coverage' });
  return addCommonOptions(command).action((options: BacktestOptions) =>
    options.out === undefined
      ? run(options)
      : HeldFolder.during(options.out, (folder) => run(options, folder)),
  );
}

function refitOption(text: string): 'once' | number {
  if (text === 'once') return text;
  if (!/^\d+$/.test(text) || Number(text) < 1) {
    throw new UsageError(`--refit: expected 'once' or a number of origins from 1, got '${text}'`);
  }
  return Number(text);
}

/** @param folder of --out */
async function run(options: BacktestOptions, folder?: HeldFolder): Promise<void> {
  const report = reporterFor(options.json);
  const opened = await openSeries(options, report);
  requireChange(opened.series);
  const { series, period } = opened;
  const { horizon, stride, window, coverage } = options;
  // The strongest of the baselines is the one that the others are held against.
  const names = [...new Set([baselineNames(period).at(-1)!, ...options.models])];
  const start = options.train ?? trainingLength(series.length, opened.trainShare);
  const origins = Math.floor((series.length - start - horizon) / stride) + 1;
  const { refit = Math.max(1, Math.ceil(origins / defaultFits)) } = options;
  report.event('start', { series: series.name, length: series.length, start, models: names });
  await prepareModels(names);
  await interruptible(async (signal) => {
    const train = Math.min(start, window ?? start);
    const judged = await compareModels(
      names.map((name) => ({
        name,
        model: createModelWithIntervals(name, modelSettings(options, opened), { horizon, train }),
      })),
      series,
      { horizon, stride, refit, window, start, period, coverages: [coverage], signal },
      {
        onOrigins: (model, done, origins) => report.progress(`${model}: ${done} of ${origins} origins`),
        onModel({ name, seconds }) {
          if (!signal.aborted) report.event('model', { model: name, seconds });
        },
      },
    );
    if (signal.aborted) {
      report.event('interrupted');
      return;
    }
    const tests = judged.map(({ test }) => test);
    const baseline = tests[0].name;
    const scores = compare(tests, { baseline });
    const origins = tests[0].records.length;
    printReport(
      report,
      scoreReport(scores, { series: series.name, start, origins, horizon, coverage, baseline }),
    );
    if (folder !== undefined) {
      await folder.begin();
      await writeCsv(
        join(folder.path, 'scores.csv'),
        ['model', ...measures, 'p'],
        scores.map(({ name, scores, pValue }) => [
          name,
          ...measures.map((measure) => scores[measure]),
          pValue ?? '',
        ]),
      );
      const steps = Array.from({ length: horizon }, (_, i) => i + 1);
      await writeCsv(
        join(folder.path, 'forecasts.csv'),
        ['model', 'origin', 'step', 'forecast', 'actual'],
        tests.flatMap((test) => forecastRows(test.name, test, steps)),
      );
    }
    report.event('done', { horizon, stride, baseline, scores });
  });
}

/** The columns of scores.csv. */
const measures = ['mase', 'rmsse', 'mae', 'rmse', 'mape', 'smape'] as const;
