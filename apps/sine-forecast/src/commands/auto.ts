import {
  HeldFolder,
  integerOption,
  interruptible,
  nameArguments,
  reporterFor,
  reportInterrupted,
  saveCard,
  textTable,
  UsageError,
} from '@throughtime/command-line';
import { formatRowTime } from '@throughtime/datasets';
import {
  calibrated,
  calibratedForecast,
  levelsOf,
  quantileAt,
  type TimeSeries,
} from '@throughtime/forecasting';
import { saveForecaster } from '@throughtime/forecasting/node';
import { Command } from 'commander';
import { adviceOf, autoCandidates, autoPlan, ranked } from '../core/auto.js';
import {
  type AutoMeasure,
  baselineRemarks,
  compareModels,
  errorOf,
  type FailedModel,
  intervalCoverage,
  type JudgedModel,
  measureOf,
} from '../core/compare-models.js';
import { isIntermittent } from '../core/intermittent.js';
import { baselineNames, learningChanges } from '../core/models.js';
import { formatNumbers, formatScore, measureInWords } from '../core/report.js';
import { wanderingRemarks, wanders } from '../core/wandering.js';
import { comparisonListener } from './comparison-listener.js';
import { commandFacts, forecasterCard } from './forecaster-card.js';
import { prepareComparison } from './prepare-comparison.js';
import { printReport } from './print-report.js';
import { addSeriesOptions, type SeriesOptions } from './series-option.js';
import { addCommonOptions, useTensorBackend } from './shared-options.js';
import { writeCsv } from './write-files.js';

interface AutoOptions extends SeriesOptions {
  readonly horizon: number;
  readonly train?: number;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function autoCommand(): Command {
  const command = new Command('auto');
  addSeriesOptions(command);
  command
    .option('--horizon <n>', 'steps ahead', integerOption({ min: 1 }), 12)
    .option(
      '--train <n>',
      'values before the first forecast that judges (default: 70%)',
      integerOption({ min: 2 }),
    )
    .option('--out <dir>', 'where the model, the scores and the forecast go');
  nameArguments(command, { start: '--train' });
  return addCommonOptions(command).action((options: AutoOptions) =>
    options.out === undefined
      ? run(options)
      : HeldFolder.during(options.out, (folder) => run(options, folder)),
  );
}

/** @param folder of --out */
async function run(options: AutoOptions, folder?: HeldFolder): Promise<void> {
  const report = reporterFor(options.json);
  const { horizon, seed, train } = options;
  const planFor = (length: number) => autoPlan(length, { horizon, train });
  const start = ({ length }: TimeSeries) => planFor(length).start;
  const { opened, period, remarks } = await prepareComparison(options, report, { start });
  const { series } = opened;
  if (opened.all.length > 1) {
    throw new UsageError(
      '--column: expected one column, got several; `forecast backtest` takes several at once',
    );
  }
  const plan = planFor(series.length);
  const { calendar } = opened;
  const isWandering = await wanders(series.slice(0, plan.start), { period, horizon });
  const intermittent = isIntermittent(series.values.subarray(0, plan.start));
  const make = () =>
    autoCandidates(series, { seed, period, calendar, horizon, wanders: isWandering, intermittent });
  report.event('start', {
    ...{ series: series.name, length: series.length, horizon, period },
    ...{ start: plan.start, models: make().map(({ name }) => name) },
  });
  await useTensorBackend();
  await interruptible(async (signal) => {
    const failed: FailedModel[] = [];
    const judged = await compareModels(
      make(),
      series,
      { ...plan, horizon, period, signal },
      comparisonListener(report, signal, failed),
    );
    if (signal.aborted) {
      reportInterrupted(report, 'forecast: interrupted; nothing was saved');
      return;
    }
    if (judged.length === 0) throw failed[0].error;
    const tests = new Map(judged.map(({ name, test }) => [name, test]));
    const usual = measureOf(opened, judged[0].test);
    const measure = usual === 'MASE' && intermittent ? 'RMSSE' : usual;
    const order = orderOf(judged, measure);
    const [best] = order;
    const advice = adviceOf({ tests, order, baselines: baselineNames(period), measure });
    const models = order.map((name) => {
      const one = judged.find((candidate) => candidate.name === name)!;
      return { ...one, errors: [errorOf(one.test, measure)] };
    });
    const failures = failed.map(({ name, error }) => `${name} failed: ${error.message}`);
    printReport(report, {
      headline: `${series.name}: ${series.length} values; ${measure} of ${models[0].test.records.length} forecasts of ${horizon} steps from value ${plan.start} on`,
      header: ['model', measure, 'time'],
      rows: models.map(({ name, errors: [error], seconds }) => [
        name,
        formatScore(error),
        `${seconds.toFixed(1)} s`,
      ]),
      notes: [
        `${measureInWords(measure)}.`,
        ...remarks,
        ...wanderingRemarks(learningChanges(['ar', 'gru', 'lstm'], { wanders: isWandering })),
        ...baselineRemarks(models, baselineNames(period)),
        ...failures,
      ],
    });
    report.print(`\n${advice}\n`);
    // What was judged learned from a part of the series: the forecast is of the same model, fitted to all of it.
    const { model } = make().find(({ name }) => name === best)!;
    await model.fit(series, { signal });
    // A fit that was asked to stop keeps what it has learned so far, which is not the model that was judged.
    if (signal.aborted) {
      reportInterrupted(report, 'forecast: interrupted; nothing was saved');
      return;
    }
    const levels = levelsOf([intervalCoverage]);
    const forecast = calibratedForecast(await model.predict(horizon), tests.get(best)!, levels);
    const bounds = levels.map((level) => quantileAt(forecast, level)!);
    const rows = Array.from(forecast.mean, (value, step) => [
      forecast.timeline === undefined ? series.length + step : formatRowTime(forecast.timeline, step),
      value,
      ...bounds.map((bound) => bound[step]),
    ]);
    const header = ['time', 'forecast', ...levels.map((level) => `${Number((100 * level).toFixed(2))}%`)];
    const columns = [1, 2, 3].map((column) => formatNumbers(rows.map((row) => Number(row[column]))));
    report.print(
      textTable(
        header,
        rows.map(([time], row) => [String(time), ...columns.map((column) => column[row])]),
      ),
    );
    for (const [time, value, low, high] of rows) {
      report.event('forecast', { time, value, quantiles: { [levels[0]]: low, [levels[1]]: high } });
    }
    if (folder !== undefined) {
      await folder.begin();
      await saveForecaster(folder.path, calibrated(model, tests.get(best)!), {
        notes: { series: options.series, period, model: best, advice },
      });
      const facts = commandFacts('forecast auto', options, opened);
      const figures = { measure, error: models[0].errors[0], horizon };
      await saveCard(folder.path, forecasterCard(facts, best, figures));
      await writeCsv(
        `${folder.path}/scores.csv`,
        ['model', measure],
        models.map(({ name, errors }) => [name, ...errors]),
      );
      await writeCsv(`${folder.path}/forecast.csv`, header, rows);
      report.print(`\nModel, scores and forecast: ${folder.path}`);
    }
    report.event('done', {
      ...{ model: best, measure, advice, horizon },
      models: Object.fromEntries(models.map(({ name, errors: [error] }) => [name, error])),
      ...(failed.length > 0 && { failed: failed.map(({ name }) => name) }),
    });
  });
}

/** The names of the candidates, the best first. */
function orderOf(judged: readonly JudgedModel[], measure: AutoMeasure): string[] {
  // Two candidates of one kind share the name of their test: each test goes by its candidate's.
  const tests = judged.map(({ name, test }) => ({ ...test, name }));
  return ranked(tests, measure).map(({ name }) => name);
}
