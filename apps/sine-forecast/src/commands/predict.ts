import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  acceptDamageOption,
  integerOption,
  nameArguments,
  numberOption,
  type Reporter,
  reporterFor,
  textTable,
  UsageError,
} from '@throughtime/command-line';
import { formatFrequency, formatRowTime } from '@throughtime/datasets';
import { ArgumentError } from '@throughtime/errors';
import {
  type Forecast,
  type Forecaster,
  levelsOf,
  NoDistributionError,
  quantileAt,
  TimeSeries,
} from '@throughtime/forecasting';
import { loadForecaster } from '@throughtime/forecasting/node';
import { Command } from 'commander';
import { formatNumbers } from '../core/report.js';
import { savedForecasts } from '../core/saved-intervals.js';
import { addReadingOptions, openSeries, type SeriesOptions, seriesNames } from './series-option.js';
import { addCommonOptions, useTensorBackend } from './shared-options.js';
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
    .requiredOption('--model <dir>', 'a folder that `forecast run --out` wrote')
    .option('--horizon <n>', 'steps ahead', integerOption({ min: 1 }), 12)
    .option('--series <name|file>', `forecast what follows this instead: ${seriesNames()}`)
    .option(
      '--coverage <share>',
      'with an interval that holds this share, e.g. 0.9',
      numberOption({ min: 0.01, max: 0.99 }),
    )
    .option(...acceptDamageOption)
    .option('--out <file.csv>', 'write the forecast as CSV');
  addReadingOptions(command);
  // A model with a calendar needs the time stamps of the series.
  nameArguments(command, { calendar: '--series' });
  return addCommonOptions(command).action((options: PredictOptions) => predict(options));
}

async function predict(options: PredictOptions): Promise<void> {
  const report = reporterFor(options.json);
  const { coverage, horizon } = options;
  await requireOneModel(options.model);
  await useTensorBackend();
  const { forecaster } = await loadForecaster(options.model, {
    acceptDamage: options.acceptDamage,
    onWarning: (warning) => report.warn(warning),
  });
  const contexts = await contextsOf(options, forecaster, report);
  const several = contexts.length > 1;
  const levels = coverage === undefined ? [] : levelsOf([coverage]);
  const request = { horizon, levels };
  const saved = await savedForecasts(forecaster, contexts, request).catch((error: unknown) => {
    if (!(error instanceof NoDistributionError)) throw error;
    const expected = 'a model that was saved with intervals, as `forecast run --out` now does';
    throw new UsageError(`--coverage: expected ${expected}, got ${forecaster.name} with points only`, {
      cause: error,
    });
  });
  const { forecasts } = saved;
  const bySeries = contexts.map((context, i) => rowsOf(forecasts[i], context, levels));
  const header = [
    ...(several ? ['series'] : []),
    ...['time', 'forecast', ...levels.map((level) => `${Number((100 * level).toFixed(2))}%`)],
  ];
  const cells: string[][] = [];
  for (const [i, rows] of bySeries.entries()) {
    const { name: series } = contexts[i];
    for (const [time, value, ...quantiles] of rows) {
      const named = Object.fromEntries(levels.map((level, q) => [level, quantiles[q]]));
      const of = several && { series };
      report.event('forecast', { ...of, time, value, ...(levels.length > 0 && { quantiles: named }) });
    }
    const columns = rows[0]
      .slice(1)
      .map((_, column) => formatNumbers(rows.map((row) => Number(row[column + 1]))));
    cells.push(
      ...rows.map(([time], row) => [
        ...(several ? [series] : []),
        ...[String(time), ...columns.map((column) => column[row])],
      ]),
    );
  }
  report.print(textTable(header, cells.slice(0, several ? mostShown : cells.length)));
  if (several && cells.length > mostShown) {
    report.note(`forecast: the first ${mostShown} of ${cells.length} rows; --out writes all of them`);
  }
  if (bySeries.flat().some(([, ...values]) => values.some((value) => !Number.isFinite(value)))) {
    report.note('forecast: bounds without a number: too few errors calibrate so wide an interval');
  }
  if (saved.ownAfter !== undefined) {
    const steps = `${saved.ownAfter} ${saved.ownAfter === 1 ? 'step' : 'steps'}`;
    report.note(
      `forecast: no errors calibrate intervals further than ${steps} ahead: those are the model's own`,
    );
  }
  const rows = bySeries.flatMap((own, i) =>
    own.map((row) => [...(several ? [contexts[i].name] : []), ...row]),
  );
  if (options.out !== undefined) {
    await writeCsv(options.out, header, rows);
    report.note(`written: ${options.out}`);
  }
  report.event('done', { model: forecaster.name, horizon, out: options.out });
}

/** @throws UsageError for a folder whose models lie in folders of their own, naming those */
export async function requireOneModel(folder: string): Promise<void> {
  const isModel = (path: string) =>
    access(join(path, 'config.json')).then(
      () => true,
      () => false,
    );
  if (await isModel(folder)) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const models: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory() && (await isModel(join(folder, entry.name))))
      models.push(join(folder, entry.name));
  }
  if (models.length === 0) return;
  throw new UsageError(
    `--model: expected the folder of one model, got one that holds ${models.sort().join(', ')}`,
  );
}

/** Rows of forecasts of several series that are printed. */
const mostShown = 60;

/**
 * The series that are forecast: those saved with the model, what follows them after the rows named, or other whole series.
 * @throws UsageError for a series that does not fit, ArgumentError for rows that do not follow
 */
async function contextsOf(
  options: PredictOptions,
  forecaster: Forecaster,
  report: Reporter,
): Promise<readonly TimeSeries[]> {
  const { series: known } = forecaster;
  if (options.series === undefined) return known;
  const [first] = known;
  const { all, ids } = await openSeries(
    { ...options, series: options.series, preferred: known.map(({ variables: [column] }) => column) },
    report,
    first.timeline?.frequency,
  );
  const alone = known.length === 1 && all.length === 1;
  return all.map((series, i) => {
    const own = alone ? first : continuedBy(known, series, ids?.[i]);
    if (own === undefined) {
      const names = known.slice(0, mostNamed).map(({ name }) => name);
      const more = known.length > mostNamed ? ', ...' : '';
      const what = ids?.[i] ?? series.variables[0];
      report.note(
        `forecast: ${what} is none of the model's series (${names.join(', ')}${more}): taken as a whole series`,
      );
    }
    return contextOf(series, own ?? first, { report, isOwn: own !== undefined });
  });
}

/** Saved series that a remark names. */
const mostNamed = 10;

/**
 * Of several saved series, the one that rows of a file continue, whatever the file's name: that of the same `id`, or the only one of the
 * same variable.
 */
function continuedBy(
  known: readonly TimeSeries[],
  { name, variables: [column] }: TimeSeries,
  id: string | undefined,
): TimeSeries | undefined {
  const alike = known.filter(({ variables }) => variables[0] === column);
  const called = (...names: readonly string[]) => alike.find((one) => names.includes(one.name));
  if (id !== undefined) return called(id, `${id} ${column}`);
  return called(name) ?? (alike.length === 1 ? alike[0] : undefined);
}

/** @param isOwn whether it may follow the saved series; others are whole series */
function contextOf(
  series: TimeSeries,
  saved: TimeSeries,
  { report, isOwn }: { readonly report: Reporter; readonly isOwn: boolean },
): TimeSeries {
  if (series.width !== saved.width) {
    throw new UsageError(`--series: expected ${saved.width} variables, as the model's, got ${series.width}`);
  }
  const [own, other] = [saved.timeline, series.timeline];
  if (own === undefined) return series;
  if (other === undefined) {
    report.note(`forecast: ${series.name} has no time stamps: taken as a whole series`);
    return series;
  }
  const [expected, got] = [own, other].map(({ frequency: { unit, every } }) =>
    // Where in their cycle the months of four and five weeks begin is for the time stamps to say.
    formatFrequency({ unit: unit === '4-5-4' || unit === '5-4-4' ? '4-4-5' : unit, every }),
  );
  const next = formatRowTime(own, saved.length);
  if (expected !== got) {
    throw new UsageError(
      `--series: expected the frequency ${expected} of the model's series, whose next time stamp is ${next}, got ${got}`,
    );
  }
  // A series from the beginning on, or from before it, stands for itself.
  if (other.start <= own.start || !isOwn) return series;
  // Named alike, so that the rows can be joined.
  const rows = TimeSeries.of({ ...series, variables: saved.variables });
  try {
    return saved.append(rows);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const first = formatRowTime(own, 0);
    const wanted = `rows that follow the model's series, from ${next} on, or a whole series from ${first} on`;
    throw new UsageError(
      `--series: expected ${wanted}, got one from ${formatRowTime(other, 0)} on (${error.hint})`,
      {
        cause: error,
      },
    );
  }
}

function rowsOf(
  forecast: Forecast,
  { length }: TimeSeries,
  levels: readonly number[],
): (string | number)[][] {
  const { timeline, variables } = forecast;
  return Array.from({ length: forecast.horizon }, (_, step) => [
    timeline === undefined ? length + step : formatRowTime(timeline, step),
    forecast.mean[step * variables.length],
    ...levels.map((level) => quantileAt(forecast, level)![step * variables.length]),
  ]);
}
