import { join } from 'node:path';
import {
  HeldFolder,
  integerOption,
  interruptible,
  nameArguments,
  numberOption,
  reporterFor,
  reportInterrupted,
  textTable,
  UsageError,
} from '@throughtime/command-line';
import { formatRowTime } from '@throughtime/datasets';
import { backtest, conformal } from '@throughtime/forecasting';
import { Command } from 'commander';
import {
  anomaliesOf,
  anomalyTrainingLength,
  leastAnomalyTraining,
  observedIn,
  requireAnomalyTraining,
} from '../core/anomalies.js';
import { testOf } from '../core/compare-models.js';
import { calibrationOrigins, createModel, type ModelName, modelNames } from '../core/models.js';
import type { OpenedSeries } from '../core/open-series.js';
import { formatNumber, formatNumbers } from '../core/report.js';
import { figureRemarks, inPath, mostDrawn } from './out-files.js';
import { prepareComparison, startOf } from './prepare-comparison.js';
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

interface AnomalyOptions extends SeriesOptions, ModelOptions {
  readonly model: readonly ModelName[];
  readonly train?: number;
  readonly coverage: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function anomaliesCommand(): Command {
  const command = new Command('anomalies');
  addSeriesOptions(command);
  command
    .option('--model <name>', `one of ${modelNames.join(', ')}`, modelListOption('--model'), ['ets'])
    .option(
      '--train <n>',
      'values before the first that is judged (default: half, or as many as --coverage takes)',
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
  const plainModel = (opened: OpenedSeries) =>
    createModel(name, { ...modelSettings(options, opened), horizon: 1 });
  const prepared = await prepareComparison(options, report, {
    start: (series, opened) => {
      // A model without a season takes less, where the values before do not show the season twice.
      const periods = options.transform === undefined ? [opened.period, 1] : [opened.period];
      return anomalyTrainingLength(
        series,
        periods.map((period) => leastAnomalyTraining(plainModel({ ...opened, period }), coverage)),
      );
    },
  });
  const { opened, start, period } = prepared;
  const { all, series } = opened;
  const several = all.length > 1;
  report.event('start', { ...startOf(prepared), train: start, model: name, coverage });
  await prepareModels(names);
  await interruptible(async (signal) => {
    const plain = plainModel({ ...opened, period });
    const least = leastAnomalyTraining(plain, coverage);
    requireAnomalyTraining(series, least, { start, coverage });
    const fewest = least.calibration;
    const model = conformal(plain, {
      horizon: 1,
      ...calibrationOrigins(plain, { horizon: 1, train: start, period, fewest }),
    });
    const test = await backtest(model, all, {
      ...{ start, horizon: 1, coverages: [coverage], signal },

      fit: { onProgress: ({ epoch, epochs }) => report.progress(`${name}: epoch ${epoch} of ${epochs}`) },
      onProgress: (done, origins) => report.progress(`${name}: ${done} of ${origins} values`),
    });
    if (signal.aborted) {
      reportInterrupted(report, 'forecast: interrupted; nothing was saved');
      return;
    }
    const { timeline } = series;
    const timeOf = (row: number) => (timeline === undefined ? row : formatRowTime(timeline, row));
    const tests = all.map((_, i) => testOf(test, i));
    const anomalies = tests.flatMap((own, i) =>
      anomaliesOf(own, coverage).map((anomaly) => ({ ...anomaly, series: all[i].name })),
    );
    const judged = observedIn(test);
    const percent = `${Number((100 * coverage).toPrecision(4))}%`;
    for (const { row, series: of, ...anomaly } of anomalies) {
      report.event('anomaly', { ...(several && { series: of }), time: timeOf(row), ...anomaly });
    }
    const expected = Number(((1 - coverage) * judged).toFixed(1));
    const whole = several ? `${opened.name}: ${all.length} series` : series.name;
    report.print(
      `${whole}: ${anomalies.length} of ${judged} values after the first ${start} are outside the ${percent} interval of ${test.name}; about ${expected} would be by chance\n`,
    );
    const header = [...(several ? ['series'] : []), 'time', 'value', 'forecast', 'lower', 'upper', 'score'];
    const keys = ['value', 'forecast', 'lower', 'upper'] as const;
    const shown = several ? anomalies.slice(0, mostShown) : anomalies;
    if (shown.length > 0) {
      // Series of other sizes have digits of their own.
      const cells = new Map(
        all.map(({ name }) => {
          const own = shown.filter((anomaly) => anomaly.series === name);
          return [name, formatNumbers(own.flatMap((anomaly) => keys.map((key) => anomaly[key])))];
        }),
      );
      report.print(
        textTable(
          header,
          shown.map(({ row, score, series: of }) => [
            ...(several ? [of] : []),
            String(timeOf(row)),
            ...cells.get(of)!.splice(0, keys.length),
            Number.isFinite(score) ? score.toFixed(2) : formatNumber(score),
          ]),
        ),
      );
    }
    const where = folder === undefined ? '--out writes all of them' : 'anomalies.csv has all of them';
    const remarks = [
      ...(shown.length < anomalies.length
        ? [`The first ${shown.length} of ${anomalies.length}; ${where}.`]
        : []),
      ...prepared.remarks,
      ...transformRemarks(options),
      ...covariateRemarks(series, names),
      ...(folder === undefined ? [] : figureRemarks(all.length)),
    ];
    report.print(
      `\nScore: the distance from the forecast, in units of the interval's bound on that side.\n${remarks.join('\n')}`,
    );
    if (folder !== undefined) {
      await folder.begin();
      await writeCsv(
        join(folder.path, 'anomalies.csv'),
        header,
        anomalies.map(({ row, score, series: of, ...anomaly }) => [
          ...(several ? [of] : []),
          timeOf(row),
          ...keys.map((key) => anomaly[key]),
          score,
        ]),
      );
      const { anomalyFigure } = await import('./anomaly-figure.js');
      const { writeFigure } = await import('./write-figure.js');
      for (const [i, one] of all.slice(0, mostDrawn).entries()) {
        const title = `Outside the ${percent} interval: ${several ? one.name : test.name}`;
        const figure = anomalyFigure(one, tests[i], { coverage, start, title });
        await writeFigure(
          [folder.path],
          several ? `anomalies-${i + 1}-${inPath(one.name)}` : 'anomalies',
          figure,
        );
      }
    }
    report.event('done', { model: test.name, coverage, judged, anomalies: anomalies.length });
  });
}

/** Anomalies of several series that are printed. */
const mostShown = 50;
