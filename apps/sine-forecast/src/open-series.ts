import { UsageError } from '@throughtime/command-line';
import {
  columnOf,
  datasets,
  loadSeries,
  MissingValueError,
  type Series,
  sineSeries,
} from '@throughtime/datasets';
import { readSeriesFile } from '@throughtime/datasets/node';
import {
  type CalendarFeature,
  type FrequencyUnit,
  fromDataset,
  seasonalPeriod,
  type TimeSeries,
  TimestampGapError,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';

/** Options that say which series. */
export interface SeriesOptions {
  readonly series: string;
  readonly column?: string;
  readonly period?: number;
  readonly seed: number;
  /** Values of a file that are missing, and gaps in its time stamps, are left out rather than refused. Default false. */
  readonly allowMissing?: boolean;
}

export interface OpenedSeries {
  readonly series: TimeSeries;
  /** Steps of a season; 1 where there is none. */
  readonly period: number;
  /** What a network is told of the time stamps; nothing where there are none. */
  readonly calendar: readonly CalendarFeature[];
  /** Values to learn from, where none are asked for. */
  readonly train: number;
  /** The least mean squared error that can be expected, where it is known. */
  readonly noiseFloor?: number;
}

/** The features that turn as a season does at each frequency. */
const calendars: Readonly<Partial<Record<FrequencyUnit, readonly CalendarFeature[]>>> = {
  hour: ['hour-of-day', 'day-of-week'],
  day: ['day-of-week', 'day-of-year'],
  week: ['day-of-year'],
  month: ['month-of-year'],
};

/** The chapter's 600 training windows of four lags end here. */
const sineTrain = 604;
const sineNoise = 0.2;

/**
 * The sine wave, a series of the catalogue, or a file: a name with a dot or a slash in it is a path.
 * @throws the errors of `@throughtime/datasets` and of `fromDataset`
 */
export async function openSeries({
  series: name,
  column,
  period,
  seed,
  allowMissing = false,
}: SeriesOptions): Promise<OpenedSeries> {
  if (name === 'sine') {
    const sine = sineSeries({ random: Random.seeded(seed), noise: sineNoise });
    return {
      series: fromDataset(sine),
      period: period ?? 1,
      calendar: [],
      train: sineTrain,
      noiseFloor: sineNoise ** 2,
    };
  }
  const { loaded, series } = await withHint(async () => {
    const loaded: Series = /[./\\]/.test(name)
      ? await readSeriesFile(name, { missing: allowMissing ? 'keep' : 'error' })
      : await loadSeries(name);
    // Names the columns when there are several and none was chosen.
    columnOf(loaded, column);
    const columns = [column ?? loaded.columns[0]];
    return { loaded, series: fromDataset(loaded, { columns, gaps: allowMissing ? 'missing' : 'error' }) };
  });
  const ofFrequency = series.timeline === undefined ? 1 : seasonalPeriod(series.timeline.frequency);
  return {
    series,
    period: period ?? loaded.period ?? ofFrequency,
    calendar: series.timeline === undefined ? [] : (calendars[series.timeline.frequency.unit] ?? []),
    train: Math.floor(0.7 * series.length),
  };
}

/** What is missing, with the option that accepts it. */
async function withHint<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const missing =
      error instanceof MissingValueError
        ? error.problem
        : error instanceof TimestampGapError
          ? `time stamps: expected ${error.expected}, got ${error.got}, a gap`
          : undefined;
    if (missing === undefined) throw error;
    throw new UsageError(`${missing}; --allow-missing leaves out what is missing`);
  }
}

/** For --help: what can be named. */
export function seriesNames(): string {
  const names = datasets()
    .filter(({ kind }) => kind === 'series')
    .map(({ name }) => name);
  return `sine, ${names.join(', ')}, or a CSV or JSON file`;
}
