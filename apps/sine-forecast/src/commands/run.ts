import { join } from 'node:path';
import {
  HeldFolder,
  integerOption,
  interruptible,
  nameArguments,
  numberListOption,
  reporterFor,
  reportInterrupted,
  threadsOption,
} from '@throughtime/command-line';
import { Command } from 'commander';
import {
  baselineRemarks,
  compareModels,
  defaultHorizons,
  defaultStride,
  errorsAt,
  type FailedModel,
  measureOf,
  mostOrigins,
  strideOfSeveral,
  testOf,
} from '../core/compare-models.js';
import { baselineNames, createModel, distinctModels, type ModelName, modelNames } from '../core/models.js';
import { errorReport, formatNumber, seriesReport } from '../core/report.js';
import { comparisonListener } from './comparison-listener.js';
import { commandFacts } from './forecaster-card.js';
import { figureRemarks, seriesErrors } from './out-files.js';
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

export interface RunOptions extends SeriesOptions, ModelOptions {
  readonly model: readonly ModelName[];
  readonly train?: number;
  readonly horizons?: readonly number[];
  readonly stride?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function runCommand(): Command {
  const command = new Command('run');
  addSeriesOptions(command, 'sine');
  command
    .option('--model <names>', `one or several of ${modelNames.join(', ')}`, modelListOption('--model'), [
      'linear',
    ])
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
    );
  addModelOptions(command, { lags: 4, epochs: '10, recurrent 30' });
  command.option(...threadsOption).option('--out <dir>', 'where the models, tables and figures go');
  nameArguments(command, { start: '--train', horizon: '--horizons' });
  return addCommonOptions(command).action((options: RunOptions) =>
    options.out === undefined
      ? run(options)
      : HeldFolder.during(options.out, (folder) => run(options, folder)),
  );
}

/** @param folder of --out */
async function run(options: RunOptions, folder?: HeldFolder): Promise<void> {
  const report = reporterFor(options.json);
  const prepared = await prepareComparison(options, report);
  const { opened, start, period } = prepared;
  const { series, all, noiseFloor } = opened;
  const names = distinctModels([...options.model, ...baselineNames(period)], period);
  const left = series.length - start;
  const horizons = options.horizons
    ? [...new Set(options.horizons)].sort((a, b) => a - b)
    : defaultHorizons(left);
  const horizon = horizons[horizons.length - 1];
  report.event('start', { ...startOf(prepared), train: start, models: names });
  await prepareModels(names, options.threads);
  const stride =
    options.stride ?? Math.max(defaultStride(left, horizon), strideOfSeveral(left, horizon, all.length));
  await interruptible(async (signal) => {
    const failed: FailedModel[] = [];
    const judged = await compareModels(
      names.map((name) => ({
        name,
        model: createModel(name, modelSettings(options, { ...opened, period })),
      })),
      all,
      { start, horizon, period, stride, signal },
      {
        ...comparisonListener(report, signal, failed),
        onEpoch(model, { epoch, epochs, loss }) {
          report.progress(`${model}: epoch ${epoch} of ${epochs}, loss ${formatNumber(loss)}`);
          report.event('epoch', { model, epoch, epochs, loss });
        },
        onOrigins: (model, done, origins) => report.progress(`${model}: ${done} of ${origins} forecasts`),
        onModel({ name, test, seconds }) {
          const measure = measureOf(opened, test);
          const errors = signal.aborted ? [] : errorsAt(test, measure, horizons);
          const byHorizon = Object.fromEntries(horizons.map((step, i) => [step, errors[i]]));
          report.event('model', { model: name, measure, errors: byHorizon, seconds });
        },
      },
    );
    // Where no model can do anything with the series, the first says why.
    if (judged.length === 0 && failed.length > 0) throw failed[0].error;
    const measure = measureOf(opened, judged[0]?.test);
    // Ctrl-C ends the last model before its time: it is saved as far as it was trained, but its errors mean nothing.
    const finished = signal.aborted ? judged.slice(0, -1) : judged;
    const models = finished.map((one) => ({ ...one, errors: errorsAt(one.test, measure, horizons) }));
    const { out } = options;
    if (folder !== undefined) {
      const asked = judged.filter(({ name }) => options.model.includes(name as ModelName));
      const inOneFolder = options.model.length === 1;
      const notes = { series: options.series, period };
      const { saveComparison } = await import('./save-comparison.js');
      await saveComparison(folder, {
        asked,
        inOneFolder,
        notes,
        facts: commandFacts('forecast run', options, opened),
        models,
        horizons,
        measure,
        opened,
      });
    }
    if (signal.aborted) {
      const saved = out === undefined ? 'nothing was saved' : `what was trained is in ${out}`;
      reportInterrupted(report, `forecast: interrupted; ${saved}`, { out });
      return;
    }
    const remarks = [
      ...prepared.remarks,
      ...transformRemarks(options),
      ...covariateRemarks(series, options.model),
      ...baselineRemarks(models, baselineNames(period), horizons),
      ...(out === undefined ? [] : figureRemarks(all.length)),
    ];
    const origins = judged[0].test.records.length;
    const table = { train: start, measure, origins, horizons, models, noiseFloor, failed, remarks };
    const { length } = series;
    const name = all.length === 1 ? series.name : opened.name;
    printReport(report, errorReport({ ...table, series: { name, length }, count: all.length }));
    if (all.length > 1) {
      const [first] = horizons;
      const ofEach = {
        measure: `${measure} ${first} step${first === 1 ? '' : 's'} ahead`,
        models: models.map(({ name }) => name),
        series: all.map((one, i) => ({
          name: one.name,
          errors: models.map(({ test }) => errorsAt(testOf(test, i), measure, [first])[0]),
        })),
        file: out && join(out, seriesErrors),
      };
      report.print('');
      printReport(report, seriesReport(ofEach));
    }
    if (out !== undefined) report.print(`\nModels, tables and figures: ${out}`);
    report.event('done', {
      measure,
      horizons,
      asked: options.model,
      models: Object.fromEntries(models.map(({ name, errors }) => [name, errors])),
      ...(all.length > 1 && { series: all.map(({ name }) => name) }),
      ...(noiseFloor !== undefined && { noiseFloor }),
      ...(failed.length > 0 && { failed: failed.map(({ name }) => name) }),
      ...(out !== undefined && { out }),
    });
    // The baselines are shown, but what was asked for is not.
    const isAsked = ({ name }: { readonly name: string }) => options.model.includes(name as ModelName);
    if (!models.some(isAsked)) throw failed.find(isAsked)?.error;
  });
}
