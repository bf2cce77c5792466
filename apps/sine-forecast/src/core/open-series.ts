import {
  type Frequency,
  formatTimestamp,
  loadSeries,
  MissingValueError,
  type Series,
  SeriesFormatError,
  type SineComponent,
  type SineSeriesOptions,
  sineSeries,
  UndecidedFormatError,
} from '@throughtime/datasets';
import type { ReadPanel, ReadSeriesOptions } from '@throughtime/datasets/csv';
import { ArgumentError, inWords } from '@throughtime/errors';
import {
  type CalendarFeature,
  type FrequencyUnit,
  fromDataset,
  fromPanel,
  NotFiniteError,
  seasonalPeriod,
  TimeSeries,
  UnevenTimestampsError,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import type { SeriesNote } from './notes.js';
import type { Reading } from './reading.js';

/**
 * What happens to a flaw in a file: a missing value, a gap in the time stamps, time stamps that cannot be read.
 * - 'refuse': an error that names it
 * - 'leave out': missing values and gaps are missing in the series; time stamps that cannot be read are an error
 * - 'note': missing values and gaps are missing; rows are numbered where time stamps are uneven or cannot be read, with a note
 */
export type Flaws = 'refuse' | 'leave out' | 'note';

/** Which column of a table is forecast. */
export interface ColumnChoice {
  /** Default: the only one; where there are several, an error that lists them, but with flaws 'note' the first. */
  readonly column?: string | undefined;
  /** Default 'refuse'. */
  readonly flaws?: Flaws | undefined;
  /** Columns that are taken, those of them that are there, where `column` says none. Default: none. */
  readonly preferred?: readonly string[] | undefined;
  /** Columns that are known in advance; rows after the last value of the column are their future. Default: none. */
  readonly covariates?: readonly string[] | undefined;
}

/** One variable, ready to be forecast, with what models and judges know of it. */
export interface OpenedSeries {
  /** What holds the series: the file, the wave, or the entry of the catalog. */
  readonly name: string;
  readonly series: TimeSeries;
  /** The series of all columns asked for; the first is `series`. */
  readonly all: readonly TimeSeries[];
  /** What tells each of `all` apart from the others of its file, `shop=A`; undefined where nothing was asked to. */
  readonly ids?: readonly string[] | undefined;
  /** All columns that could have been chosen. */
  readonly columns: readonly string[];
  /** Steps of a season; 1 where there is none. */
  readonly period: number;
  /** The features of the time stamps that a network sees; none where there are no time stamps. */
  readonly calendar: readonly CalendarFeature[];
  /** The share of the values, from the first, to learn from, unless the user asks for another number. */
  readonly trainShare: number;
  /** The least mean squared error that can be expected, where it is known. */
  readonly noiseFloor?: number;
  /** Where the data come from, how a file was read, and what was done about a flaw in them. */
  readonly notes: readonly SeriesNote[];
}

export interface ColumnOptions extends ColumnChoice {
  /** Steps of a season. Default: the catalog's, or the one usual for the frequency. */
  readonly period?: number | undefined;
}

/** The features that repeat with the seasons of each frequency. */
const calendars: Readonly<Partial<Record<FrequencyUnit, readonly CalendarFeature[]>>> = {
  hour: ['hour-of-day', 'day-of-week'],
  day: ['day-of-week', 'day-of-year'],
  'business-day': ['day-of-week', 'day-of-year'],
  week: ['day-of-year'],
  month: ['month-of-year'],
};

/** Of the sine's 1000 values 604 are learned from: the chapter's 600 windows of four lags end there. */
const sineTrainShare = 0.604;
const usualTrainShare = 0.7;

/** How many of `length` values a share is. */
export function trainingLength(length: number, share: number): number {
  return Math.floor(share * length);
}

/** The value of a series that never changes: every forecast of it is that value, and no error tells models apart. */
export function constantOf({ values }: TimeSeries): number | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length > 0 && known.every((value) => value === known[0]) ? known[0] : undefined;
}

/** Says which series never change. */
export function constantNotes(all: readonly TimeSeries[]): SeriesNote[] {
  const constant = all.flatMap((series) => {
    const value = constantOf(series);
    return value === undefined ? [] : [{ name: series.name, value }];
  });
  const [first, ...others] = constant;
  return first === undefined ? [] : [{ kind: 'constant', ...first, others: others.length }];
}

export interface OpenSineOptions extends Pick<SineSeriesOptions, 'length' | 'noise'> {
  readonly seed: number;
  /** Waves that are added; the first one's period is the season. Default: the chapter's one wave. */
  readonly waves?: readonly SineComponent[];
  /** Overrides the season. */
  readonly period?: number | undefined;
}

/** The chapter's sine wave with noise, or a mixture of waves. */
export function openSine({
  seed,
  length = 1000,
  noise = 0.2,
  waves = [{}],
  period,
}: OpenSineOptions): OpenedSeries {
  const [first, ...mixture] = waves;
  const series = fromDataset(sineSeries({ random: Random.seeded(seed), length, noise, mixture, ...first }));
  const wave = Math.max(1, Math.round(first.period ?? 200 * Math.PI));
  return {
    name: series.name,
    series,
    all: [series],
    columns: series.variables,
    // A model can only learn a season that the training values show twice.
    period: period ?? (2 * wave <= trainingLength(length, sineTrainShare) ? wave : 1),
    calendar: [],
    trainShare: sineTrainShare,
    noiseFloor: noise ** 2,
    notes: [],
  };
}

/**
 * A series of the catalog.
 * @throws UnknownDatasetError, DownloadError, ArgumentError for the column, TimestampGapError
 */
export async function openCatalogSeries(name: string, options: ColumnOptions): Promise<OpenedSeries> {
  const loaded = await loadSeries(name);
  const { columns, title, rights } = loaded;
  const chosen = chosenColumns(columns, options);
  return openData([loaded], {
    ...{ ...options, name: loaded.name, chosen, columns },
    notes: [{ kind: 'source', name: loaded.name, title, rights }],
  });
}

/** @throws ArgumentError where none is named and there are several, or there is none of that name */
function chosenColumn(columns: readonly string[], { column, flaws }: ColumnChoice): string {
  if (column === undefined && (columns.length === 1 || flaws === 'note')) return columns[0];
  if (column !== undefined && columns.includes(column)) return column;
  const expected =
    column === undefined ? 'the name of a column, as there are several' : 'a column of numbers';
  throw new ArgumentError('column', `${expected} (${columns.join(', ')})`, column ?? inWords('none'));
}

/** The columns to forecast: the one named, several names separated by commas, or all; then the covariates. */
function chosenColumns(columns: readonly string[], choice: ColumnChoice): string[] {
  const { column, flaws, covariates = [], preferred = [] } = choice;
  for (const covariate of covariates) {
    if (!columns.includes(covariate))
      throw new ArgumentError('covariates', `some columns of numbers (${columns.join(', ')})`, covariate);
  }
  const open = columns.filter((name) => !covariates.includes(name));
  if (open.length === 0 && columns.length > 0)
    throw new ArgumentError(
      'covariates',
      'a column left to forecast',
      inWords(`all of them (${columns.join(', ')})`),
    );
  if (column === 'all' && !open.includes('all')) return open;
  if (column === undefined && preferred.length > 0) {
    const there = preferred.filter((name) => open.includes(name));
    // The only column is meant, whatever its name.
    return there.length > 0 || open.length === 1
      ? [...new Set(there.length > 0 ? there : open)]
      : [chosenColumn(open, { column: preferred[0] })];
  }
  const names = column === undefined || open.includes(column) ? [column] : column.split(',');
  return [...new Set(names.map((name) => chosenColumn(open, { column: name?.trim(), flaws })))];
}

export interface OpenFileOptions extends ColumnOptions, Reading {
  /** The file's name, which says its format. */
  readonly fileName: string;
  /** The series' name, which messages begin with. Default: the file's. */
  readonly name?: string | undefined;
  /** More columns are refused. Default: no limit. */
  readonly mostColumns?: number | undefined;
  /** The step of a file of one row, which shows none. Default: none, the row has no time stamp. */
  readonly frequencyOfOne?: Frequency | undefined;
  /** Whether `id` may be columns that tell several series apart, which are then all opened. Default false. */
  readonly several?: boolean | undefined;
}

/**
 * A series in a file.
 * @param source its bytes or text
 * @throws UndecidedFormatError, SeriesFormatError, MissingValueError, TimestampGapError, UnevenTimestampsError, ArgumentError
 */
export async function openFile(source: string | Uint8Array, options: OpenFileOptions): Promise<OpenedSeries> {
  const { fileName, name = fileName, column, flaws = 'refuse', period, frequency, ...rest } = options;
  const { covariates = [], preferred, several = false, frequencyOfOne, ...reading } = rest;
  // Who opens no file does not load the reader.
  const { formatOfFile, readPanel, readSeries } = await import('@throughtime/datasets/csv');
  const read = (choice: ReadSeriesOptions): ReadPanel => {
    const all = {
      ...{ ...formatOfFile(fileName), ...reading, name },
      // The rows of a known future have no value yet.
      missing: flaws === 'refuse' && covariates.length === 0 ? ('error' as const) : ('keep' as const),
      ...choice,
    };
    if (several) return readPanel(source, all);
    const { series, ...found } = readSeries(source, all);
    return { series: [series], ...found };
  };
  const { series, available, summary, notes } =
    flaws === 'note'
      ? readWithNotes(read, { column, name })
      : read({
          columns: (columns) =>
            columns.length === 0
              ? []
              : [...chosenColumns(columns, { column, preferred, flaws, covariates }), ...covariates],
        });
  const chosen = series[0].columns.filter((name) => !covariates.includes(name));
  return openData(series, {
    ...{ name, chosen, columns: available, flaws, period, covariates },
    id: reading.id,
    frequency: frequency ?? (series.every(({ length }) => length === 1) ? frequencyOfOne : undefined),
    notes: notes.length > 0 || series.length > 1 ? [{ kind: 'reading', summary }] : [],
  });
}

/**
 * The column asked for, or the first that can be read; with its rows numbered where their times cannot be read.
 * @throws UndecidedFormatError where only the user can say what is meant
 */
function readWithNotes(
  read: (choice: ReadSeriesOptions) => ReadPanel,
  { column, name }: { readonly column: string | undefined; readonly name: string },
): ReadPanel {
  let candidates: readonly string[] = [];
  const attempt = (place: number) =>
    readOrNumbered((choice) =>
      read({
        ...choice,
        columns: (columns) => {
          candidates = columns;
          return columns.length === 0
            ? []
            : [column === undefined ? columns[place] : chosenColumn(columns, { column })];
        },
      }),
    );
  const passedOver: string[] = [];
  let failure: unknown;
  do {
    try {
      const found = attempt(passedOver.length);
      const notes = [...passedOver, ...found.notes];
      return { ...found, notes, summary: [...passedOver, found.summary].join('. ') };
    } catch (error) {
      if (!(error instanceof SeriesFormatError) || isForTheUser(error)) throw error;
      failure ??= error;
      passedOver.push(`Passed over: ${error.message}`);
    }
  } while (column === undefined && passedOver.length < candidates.length);
  throw failure ?? new SeriesFormatError(`${name}: expected a column of values, got none`);
}

/** Whether the table as a whole can be read in two ways, and not only one column in none. */
function isForTheUser(error: SeriesFormatError): boolean {
  const ofCells = (name: string) => name === 'missingMarkers' || name === 'decimal';
  return error instanceof UndecidedFormatError && !error.advice.some(([option]) => ofCells(option));
}

function readOrNumbered(read: (choice: ReadSeriesOptions) => ReadPanel): ReadPanel {
  try {
    return read({});
  } catch (error) {
    const numbering =
      error instanceof UndecidedFormatError &&
      error.advice.some(([option, value]) => option === 'time' && value === false) &&
      // Days that Excel counted are dates to whom says so.
      !error.advice.some(([, value]) => value === 'excel');
    if (!numbering) throw error;
    const numbered = read({ time: false });
    const note = `rows are numbered instead of dated (${error.problem})`;
    return { ...numbered, notes: [...numbered.notes, note], summary: `${numbered.summary}; ${note}` };
  }
}

interface DataOptions extends ColumnOptions {
  readonly name: string;
  readonly frequency?: Frequency | undefined;
  readonly chosen: readonly string[];
  readonly columns: readonly string[];
  readonly notes: readonly SeriesNote[];
  /** What tells the series of the file apart, `shop`, or one of them, `shop=A`. */
  readonly id?: string | undefined;
}

/** @param data one series, or those of a panel */
function openData(
  data: readonly Series[],
  { name, chosen, columns, notes, id, ...options }: DataOptions,
): OpenedSeries {
  const opened = chosen.map((column) => onTimeline(data, { ...options, column }));
  const [{ done }] = opened;
  const nameOf = (i: number, column: string) => {
    const own = data.length === 1 ? name : data[i].name;
    return chosen.length === 1 ? own : `${own} ${column}`;
  };
  const all = opened.flatMap(({ laid }, c) =>
    laid.map((series, i) => {
      const own = nameOf(i, chosen[c]);
      return series.name === own ? series : TimeSeries.of({ ...series, name: own });
    }),
  );
  const [series] = all;
  const steps = series.timeline?.frequency;
  return {
    ...{ name, series, all, columns },
    // A series that was chosen alone has the file's name.
    ids:
      id === undefined
        ? undefined
        : opened.flatMap(() => data.map((one) => (one.name === name ? id : one.name))),
    period: options.period ?? data[0].period ?? (steps === undefined ? 1 : seasonalPeriod(steps)),
    calendar: steps === undefined ? [] : (calendars[steps.unit] ?? []),
    trainShare: usualTrainShare,
    notes: [...notes, ...done],
  };
}

function onTimeline(
  data: readonly Series[],
  {
    column,
    flaws = 'refuse',
    frequency,
    covariates = [],
  }: ColumnChoice & { readonly column: string; readonly frequency?: Frequency | undefined },
): { readonly laid: readonly TimeSeries[]; readonly done: readonly SeriesNote[] } {
  const columns = [column];
  const known = covariates;
  if (known.length > 0 && flaws === 'refuse') for (const one of data) refuseHoles(one, column);
  for (const one of data) refuseUnknown(one, known);
  const gaps = flaws === 'refuse' ? 'error' : 'missing';
  try {
    const laid = fromPanel(data, { columns, known, frequency, gaps });
    return { laid, done: absences(data, laid) };
  } catch (error) {
    // Values are all there, so a time has no row, or a series ends before the others.
    if (error instanceof NotFiniteError && known.length > 0) {
      throw new ArgumentError('covariates', everyTime, inWords('a time without a row'), { cause: error });
    }
    if (flaws !== 'note' || !(error instanceof UnevenTimestampsError)) throw error;
    const untimed = data.map(({ times: _, ...series }) => series);
    return {
      laid: fromPanel(untimed, { columns, known }),
      done: [{ kind: 'uneven' }],
    };
  }
}

/** Says of how many times there is no row. */
function absences(data: readonly Series[], laid: readonly TimeSeries[]): SeriesNote[] {
  const rows = data.reduce((sum, { length }) => sum + length, 0);
  const times = laid.reduce((sum, { length, knownAhead }) => sum + length + knownAhead, 0);
  const added = Math.max(0, times - rows);
  if (added === 0) return [];
  if (data.length === 1) return [{ kind: 'absent', added }];
  return [{ kind: 'absent in panel', series: data.length, times: laid[0].length, added }];
}

const everyTime = 'columns with a number at every time';

/** @throws ArgumentError for a hole in what is known in advance, which nothing can leave out */
function refuseUnknown({ name, values, times, zone }: Series, known: readonly string[]): void {
  for (const column of known) {
    const hole = values[column].findIndex(Number.isNaN);
    if (hole < 0) continue;
    const when = times === undefined ? '' : ` (${formatTimestamp(times[hole], undefined, zone)})`;
    const got = `none in '${column}' of ${name}, row ${hole + 1}${when}`;
    throw new ArgumentError('covariates', everyTime, inWords(got));
  }
}

/** @throws MissingValueError for a hole between values; after the last one lies the future */
function refuseHoles({ values, times }: Series, column: string): void {
  const cells = values[column];
  const last = cells.findLastIndex((value) => !Number.isNaN(value));
  const hole = cells.findIndex((value, row) => row < last && Number.isNaN(value));
  if (hole < 0) return;
  throw new MissingValueError(column, times === undefined ? `row ${hole + 1}` : formatTimestamp(times[hole]));
}
