import {
  loadSeries,
  parseJsonSeries,
  type Series,
  type SineComponent,
  type SineSeriesOptions,
  sineSeries,
} from '@throughtime/datasets';
import { ArgumentError, inWords } from '@throughtime/errors';
import {
  type CalendarFeature,
  type FrequencyUnit,
  fromDataset,
  seasonalPeriod,
  type TimeSeries,
  TimestampGapError,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { type ColumnChoice, chosenColumn, type Flaws, readCsv } from './read-csv.js';

/** One variable, ready to be forecast, with what models and judges know of it. */
export interface OpenedSeries {
  readonly series: TimeSeries;
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
  /** Where the data come from, and what was done about a flaw in them. */
  readonly notes: readonly string[];
}

export interface ColumnOptions extends ColumnChoice {
  /** Steps of a season. Default: the catalogue's, or the one usual for the frequency. */
  readonly period?: number | undefined;
}

/** The features that repeat with the seasons of each frequency. */
const calendars: Readonly<Partial<Record<FrequencyUnit, readonly CalendarFeature[]>>> = {
  hour: ['hour-of-day', 'day-of-week'],
  day: ['day-of-week', 'day-of-year'],
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

/**
 * Refuses a series that never changes: its forecast is its value, and no error could tell models apart.
 * @throws ArgumentError, NothingObservedError
 */
export function requireChange(series: TimeSeries): void {
  series.assertObserved();
  const known = series.values.filter((value) => !Number.isNaN(value));
  if (known.some((value) => value !== known[0])) return;
  const got = inWords(`the constant ${known[0]} in '${series.variables[0]}'`);
  throw new ArgumentError(`series '${series.name}'`, 'values that vary', got);
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
    series,
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
 * A series of the catalogue.
 * @throws UnknownDatasetError, DownloadError, ArgumentError for the column, TimestampGapError
 */
export async function openCatalogueSeries(name: string, options: ColumnOptions): Promise<OpenedSeries> {
  const loaded = await loadSeries(name);
  const { columns, title, rights } = loaded;
  const column = chosenColumn(columns, options);
  return openData(loaded, { ...options, column, columns, notes: [`${title}. ${rights}.`] });
}

export interface OpenTextOptions extends ColumnOptions {
  /** The series' name, which messages begin with. */
  readonly name: string;
  /** Default 'csv'. */
  readonly format?: TextFormat | undefined;
  /** More columns are refused. Default: no limit. */
  readonly mostColumns?: number | undefined;
}

export type TextFormat = 'csv' | 'tsv' | 'json';

/** The format that a file's name promises; CSV where it promises none. */
export function formatOf(fileName: string): TextFormat {
  if (/\.json$/i.test(fileName)) return 'json';
  return /\.(tsv|tab)$/i.test(fileName) ? 'tsv' : 'csv';
}

/**
 * A series in the text of a file.
 * @throws SeriesFormatError, MissingValueError, TimestampGapError, ArgumentError for the column
 */
export function openText(text: string, options: OpenTextOptions): OpenedSeries {
  const { name, format = 'csv', flaws = 'refuse' } = options;
  if (format === 'json') {
    const data = parseJsonSeries(text, { name, missing: flaws === 'refuse' ? 'error' : 'keep' });
    const column = chosenColumn(data.columns, options);
    return openData(data, { ...options, column, columns: data.columns, notes: [] });
  }
  const { series, columns, notes } = readCsv(text, {
    name,
    column: options.column,
    flaws,
    mostColumns: options.mostColumns,
    ...(format === 'tsv' && { delimiter: '\t' }),
  });
  return openData(series, { ...options, column: series.columns[0], columns, notes });
}

function openData(
  data: Series,
  {
    column,
    columns,
    flaws,
    notes,
    ...options
  }: ColumnOptions & {
    readonly column: string;
    readonly columns: readonly string[];
    readonly notes: readonly string[];
  },
): OpenedSeries {
  const { series, unevenly } = onTimeline(data, column, flaws);
  const frequency = series.timeline?.frequency;
  return {
    series,
    columns,
    period: options.period ?? data.period ?? (frequency === undefined ? 1 : seasonalPeriod(frequency)),
    calendar: frequency === undefined ? [] : (calendars[frequency.unit] ?? []),
    trainShare: usualTrainShare,
    notes: unevenly === undefined ? notes : [...notes, unevenly],
  };
}

function onTimeline(
  data: Series,
  column: string,
  flaws: Flaws = 'refuse',
): { series: TimeSeries; unevenly?: string } {
  const columns = [column];
  try {
    return { series: fromDataset(data, { columns, gaps: flaws === 'leave out' ? 'missing' : 'error' }) };
  } catch (error) {
    if (flaws !== 'note' || !(error instanceof TimestampGapError)) throw error;
    const { times: _, ...untimed } = data;
    return {
      series: fromDataset(untimed, { columns }),
      unevenly: 'The time stamps are not evenly spaced: rows are taken as equal steps.',
    };
  }
}
