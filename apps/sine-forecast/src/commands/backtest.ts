import { join } from 'node:path';
import {
  HeldFolder,
  integerOption,
  interruptible,
  nameArguments,
  numberOption,
  reporterFor,
  reportInterrupted,
  UsageError,
} from '@throughtime/command-line';
import {
  type Backtest,
  compare,
  errorsNeeded,
  type Scores,
  scoreOf,
  scoresOf,
  type TimeSeries,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { Command } from 'commander';
import {
  baselineRemarks,
  compareModels,
  errorOf,
  type FailedModel,
  intervalCoverage,
  strideOfSeveral,
  testOf,
} from '../core/compare-models.js';
import {
  baselineNames,
  createModelWithIntervals,
  distinctModels,
  learningChanges,
  type ModelName,
  modelNames,
} from '../core/models.js';
import { scoreReport, seriesReport } from '../core/report.js';
import { wanderingRemarks, wanders } from '../core/wandering.js';
import { comparisonListener } from './comparison-listener.js';
import { forecastRows } from './out-files.js';
import { prepareComparison, startOf } from './prepare-comparison.js';
import { printReport } from './print-report.js';
import { addSeriesOptions, type SeriesOptions } from './series-option.js';
import {
  addCommonOptions,
  addModelOptions,
  covariateRemarks,
  type ModelOptions,
  modelListOption,
  modelSettings,
  prepareModels,
  transformRemarks,
} from './shared-options.js';
import { writeCsv } from './write-files.js';

interface BacktestOptions extends SeriesOptions, ModelOptions {
  readonly models: readonly ModelName[];
  readonly horizon: number;
  readonly stride?: number;
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
  const command = new Command('backtest');
  addSeriesOptions(command);
  command
    .requiredOption('--models <names>', `several of ${modelNames.join(', ')}`, modelListOption('--models'))
    .option('--horizon <n>', 'steps ahead', integerOption({ min: 1 }), 12)
    .option(
      '--stride <n>',
      'steps from one origin to the next (default: 1; of many series more)',
      integerOption({ min: 1 }),
    )
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
  const { horizon, window, coverage } = options;
  const prepared = await prepareComparison(options, report, { window });
  const { opened, start, period } = prepared;
  const { series, all } = opened;
  const train = Math.min(start, window ?? start);
  const settings = {
    ...modelSettings(options, { ...opened, period }),
    wanders: all.length === 1 && (await wanders(series.slice(start - train, start), { period, horizon })),
  };
  const { stride = strideOfSeveral(series.length - start, horizon, all.length) } = options;
  // The strongest of the baselines is the one that the others are held against.
  const names = distinctModels([...baselineNames(period).reverse(), ...options.models], period);
  const origins = Math.floor((series.length - start - horizon) / stride) + 1;
  const { refit = Math.max(1, Math.ceil(origins / defaultFits)) } = options;
  report.event('start', { ...startOf(prepared), start, models: names });
  await prepareModels(names);
  await interruptible(async (signal) => {
    const failed: FailedModel[] = [];
    const judge = (some: readonly ModelName[]) =>
      compareModels(
        some.map((name) => ({
          name,
          // Each has a random stream of its own.
          model: createModelWithIntervals(
            name,
            { ...settings, random: Random.seeded(options.seed) },
            { horizon, train },
          ),
        })),
        all,
        { horizon, stride, refit, window, start, period, coverages: [coverage], signal },
        comparisonListener(report, signal, failed),
      );
    const judged = await judge(names);
    if (judged.length === 0 && failed.length > 0) throw failed[0].error;
    // Without its baseline a comparison has the simpler one.
    const isBaseline = ({ name }: { readonly name: string }) => name === names[0];
    if (!signal.aborted && !judged.some(isBaseline) && !names.includes('naive')) {
      judged.unshift(...(await judge(['naive'])));
    }
    if (signal.aborted) {
      reportInterrupted(report, 'forecast: interrupted; nothing was saved');
      return;
    }
    const tests = judged.map(({ test }) => test);
    const baseline = tests[0].name;
    const scores = compare(tests, { baseline });
    const errors = judged.map(({ name, test }) => ({ name, errors: [errorOf(test, 'MASE')] }));
    const origins = tests[0].records.length / all.length;
    printReport(
      report,
      scoreReport(scores, {
        series: seriesNamed(all),
        start,
        origins,
        horizon,
        coverage,
        baseline,
        failed,
        remarks: [
          ...prepared.remarks,
          ...transformRemarks(options),
          ...wanderingRemarks(learningChanges(options.models, settings)),
          ...covariateRemarks(series, options.models),
          ...baselineRemarks(errors, baselineNames(period)),
          ...missingIntervals(tests, coverage),
        ],
      }),
    );
    const ofEach = all.map((one, i) => ({
      name: one.name,
      errors: tests.map((test) => scoreOf(testOf(test, i), 'mase')),
    }));
    if (all.length > 1) {
      report.print('');
      const models = tests.map(({ name }) => name);
      const file = folder && join(folder.path, seriesScores);
      printReport(report, seriesReport({ measure: 'MASE', models, series: ofEach, file }));
    }
    if (folder !== undefined) {
      await folder.begin();
      if (all.length > 1) {
        const rows = tests.flatMap((test) =>
          all.map(({ name }, i) => {
            const own = scoresOf(testOf(test, i));
            return [test.name, name, ...measuredCells(own)];
          }),
        );
        await writeCsv(join(folder.path, seriesScores), ['model', 'series', ...scoreColumns], rows);
      }
      await writeCsv(
        join(folder.path, 'scores.csv'),
        ['model', ...scoreColumns, 'p'],
        scores.map(({ name, scores, pValue }) => [name, ...measuredCells(scores), pValue ?? Number.NaN]),
      );
      const steps = Array.from({ length: horizon }, (_, i) => i + 1);
      await writeCsv(
        join(folder.path, 'forecasts.csv'),
        [
          'model',
          ...(all.length > 1 ? ['series'] : []),
          ...['origin', 'step', 'forecast', 'actual', 'lower', 'upper'],
        ],
        tests.flatMap((test) => forecastRows(test.name, test, steps, { coverage, series: all })),
      );
    }
    report.event('done', {
      horizon,
      stride,
      baseline,
      scores,
      ...(failed.length > 0 && { failed: failed.map(({ name }) => name) }),
    });
    const isAsked = ({ name }: { readonly name: string }) => options.models.includes(name as ModelName);
    if (!judged.some(isAsked)) throw failed.find(isAsked)?.error;
  });
}

/** Says of which models some intervals are infinite: too few errors calibrate them, and they promise nothing. */
function missingIntervals(tests: readonly Backtest[], coverage: number): string[] {
  const percent = `${Number((100 * coverage).toPrecision(3))}%`;
  const without = tests.filter(({ records }) =>
    records.some(({ forecast }) => forecast.quantiles.some(({ values }) => !values.every(Number.isFinite))),
  );
  if (without.length === 0) return [];
  const names = without.map(({ name }) => name).join(', ');
  const needed = errorsNeeded(coverage);
  return [
    `No ${percent} interval at some steps, which are not counted: ${names}. It takes the errors of ${needed} forecasts to calibrate one: a longer --train, or a smaller --coverage.`,
  ];
}

/** The scores of each of several series. */
const seriesScores = 'scores-by-series.csv';

/** The names of the series; of many, the first ones. */
function seriesNamed(all: readonly TimeSeries[]): string {
  const names = all.slice(0, 4).map(({ name }) => name);
  return `${names.join(', ')}${all.length > names.length ? ` and ${all.length - names.length} more` : ''}`;
}

const measures = ['mase', 'rmsse', 'mae', 'rmse', 'mape', 'smape'] as const;
/** The measures in scores.csv and scores-by-series.csv; coverage is the share of outcomes within the intervals of --coverage. */
const scoreColumns = [...measures, 'crps', 'coverage'];

function measuredCells(scores: Scores): number[] {
  return [
    ...measures.map((measure) => scores[measure]),
    scores.crps ?? Number.NaN,
    scores.coverage[0]?.measured ?? Number.NaN,
  ];
}
