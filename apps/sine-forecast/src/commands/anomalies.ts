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
import { formatRowTime, timestampAt } from '@throughtime/datasets';
import { forecastIntervalFigure } from '@throughtime/figures';
import { backtest, conformal } from '@throughtime/forecasting';
import { Command } from 'commander';
import {
  anomaliesOf,
  anomalyTrainingLength,
  errorsNeeded,
  judgedSteps,
  observedIn,
} from '../core/anomalies.js';
import { calibrationOrigins, createModel, type ModelName, modelNames } from '../core/models.js';
import { requireChange } from '../core/open-series.js';
import { formatNumbers } from '../core/report.js';
import { seasonOf } from '../core/season.js';
import { addSeriesOptions, openSeries, type SeriesOptions } from './series-option.js';
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
import { textTable } from './text-table.js';
import { writeCsv, writeFigure } from './write-files.js';

interface AnomalyOptions extends SeriesOptions, ModelOptions {
  readonly model: readonly ModelName[];
  readonly train?: number;
  readonly coverage: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function anomaliesCommand(): Command {
  const command = new Command('anomalies').description(
    'Name the observations outside the interval that a model forecasts from the values before each.',
  );
  addSeriesOptions(command);
  command
    .option('--model <name>', `one of ${modelNames.join(', ')}`, modelListOption('--model'), ['ets'])
    .option(
      '--train <n>',
      'values before the first that is judged (default: half)',
      integerOption({ min: 2 }),
    )
    .option(
      '--coverage <share>',
      'the share of ordinary observations within the interval: the threshold',
      numberOption({ min: 0.01, max: 0.999 }),
      0.99,
    );
  addModelOptions(command, { lags: 4, epochs: '10, recurrent 30' });
  command.option('--out <dir>', 'where the anomalies and their figure go');
  nameArguments(command, { start: '--train', coverages: '--coverage' });
  return addCommonOptions(command).action((options: AnomalyOptions) =>
    options.out === undefined
      ? run(options)
      : HeldFolder.during(options.out, (folder) => run(options, folder)),
  );
}

/** @param folder of --out */
async function run(options: AnomalyOptions, folder?: HeldFolder): Promise<void> {
  const report = reporterFor(options.json);
  const { coverage, model: names } = options;
  if (names.length > 1) throw new UsageError(`--model: expected one model, got ${names.join(', ')}`);
  const [name] = names;
  const opened = await openSeries(options, report);
  const { series } = opened;
  if (opened.all.length > 1) throw new UsageError('--column: expected one column, got several');
  requireChange(series);
  const start = options.train ?? anomalyTrainingLength(series);
  const season = seasonOf(opened, start, options.period);
  const { period } = season;
  report.event('start', {
    series: series.name,
    length: series.length,
    train: start,
    period,
    model: name,
    coverage,
  });
  await prepareModels(names);
  await interruptible(async (signal) => {
    const plain = createModel(name, { ...modelSettings(options, { ...opened, period }), horizon: 1 });
    const fewest = errorsNeeded(coverage);
    const model = conformal(plain, {
      horizon: 1,
      ...calibrationOrigins(plain, { horizon: 1, train: start, period, fewest }),
    });
    const test = await backtest(model, series, {
      ...{ start, horizon: 1, coverages: [coverage], signal },
      fit: { onProgress: ({ epoch, epochs }) => report.progress(`${name}: epoch ${epoch} of ${epochs}`) },
      onProgress: (done, origins) => report.progress(`${name}: ${done} of ${origins} values`),
    });
    if (signal.aborted) {
      report.event('interrupted');
      return;
    }
    const { timeline } = series;
    const timeOf = (row: number) => (timeline === undefined ? row : formatRowTime(timeline, row));
    const anomalies = anomaliesOf(test, coverage);
    const judged = observedIn(test);
    const percent = `${Number((100 * coverage).toPrecision(4))}%`;
    for (const { row, ...anomaly } of anomalies) report.event('anomaly', { time: timeOf(row), ...anomaly });
    const expected = Number(((1 - coverage) * judged).toFixed(1));
    report.print(
      `${series.name}: ${anomalies.length} of ${judged} values after the first ${start} are outside the ${percent} interval of ${test.name}; about ${expected} would be by chance\n`,
    );
    const header = ['time', 'value', 'forecast', 'lower', 'upper', 'score'];
    const keys = ['value', 'forecast', 'lower', 'upper'] as const;
    if (anomalies.length > 0) {
      const cells = formatNumbers(anomalies.flatMap((anomaly) => keys.map((key) => anomaly[key])));
      report.print(
        textTable(
          header,
          anomalies.map(({ row, score }, i) => [
            String(timeOf(row)),
            ...cells.slice(i * keys.length, (i + 1) * keys.length),
            score.toFixed(2),
          ]),
        ),
      );
    }
    const remarks = [season.words, ...transformRemarks(options), ...covariateRemarks(series, names)];
    report.print(
      `\nScore: the distance from the forecast, in units of the interval's bound on that side.\n${remarks.join('\n')}`,
    );
    if (folder !== undefined) {
      await folder.begin();
      await writeCsv(
        join(folder.path, 'anomalies.csv'),
        header,
        anomalies.map(({ row, score, ...anomaly }) => [
          timeOf(row),
          ...keys.map((key) => anomaly[key]),
          score,
        ]),
      );
      const at = (row: number) => (timeline === undefined ? row : new Date(timestampAt(timeline, row)));
      const steps = judgedSteps(test, coverage);
      const from = Math.max(0, start - steps.length);
      const data = Array.from(series.values.subarray(from), (value, i) => ({ time: at(from + i), value }));
      const figure = forecastIntervalFigure(
        data,
        steps.map(({ row, forecast, lower, upper }) => ({ time: at(row), value: forecast, lower, upper })),
        {
          title: `Outside the ${percent} interval: ${test.name}`,
          level: coverage,
          origin: at(start),
          marked: anomalies.map(({ row, value }) => ({ time: at(row), value })),
        },
      );
      await writeFigure([folder.path], 'anomalies', figure);
    }
    report.event('done', { model: test.name, coverage, judged, anomalies: anomalies.length });
  });
}
