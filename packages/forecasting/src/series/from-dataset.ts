import {
  type AlignOptions,
  alignChecks,
  alignTimestamps,
  type Series,
  type Timeline,
} from '@throughtime/datasets';
import { ArgumentError, checkOptions, inWords, list, type OptionChecks, text } from '@throughtime/errors';
import { TimeSeries } from './time-series.js';

/** Which columns are taken, and how their times become steps. */
export interface FromDatasetOptions extends AlignOptions {
  /** Which columns to forecast, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined;
  /**
   * Columns that are known in advance: prices already set, holidays. Rows after the last value of the columns to forecast are their
   * future. Default: none.
   */
  readonly known?: readonly string[] | undefined;
}

const checks: OptionChecks<FromDatasetOptions> = { ...alignChecks, columns: list(text), known: list(text) };

/**
 * A series of `@throughtime/datasets`, ready to be forecast. Values that are NaN there, which it lets through only when asked to
 * keep them, are missing here.
 * @throws ArgumentError for an unknown column; NotFiniteError for a hole in what is known in advance
 * @throws TimestampGapError for a gap, unless gaps are to be missing values
 */
export function fromDataset(series: Series, options: FromDatasetOptions = {}): TimeSeries {
  const { zone = series.zone, ...align } = alignment(options);
  columnsOf(series, options);
  const aligned =
    series.times === undefined || (series.length < 2 && align.frequency === undefined)
      ? undefined
      : alignTimestamps(series.times, { ...align, zone });
  const positions = aligned?.positions ?? Int32Array.from({ length: series.length }, (_, row) => row);
  return layOut([{ series, positions }], aligned?.timeline, options)[0];
}

/** A line of time may hold this many times as many values as were observed. */
const mostFilled = 10;

/**
 * Several series of one table, ready to be forecast together: all on one line of time, from the first time of any to the last, so that a
 * row is the same time in each. Before the first and after the last row of a series its values are missing. Without time stamps, all begin
 * in the same row.
 * @throws as {@link fromDataset}; UnevenTimestampsError where they are not on one line; ArgumentError where they hardly overlap
 */
export function fromPanel(series: readonly Series[], options: FromDatasetOptions = {}): TimeSeries[] {
  if (series.length === 0) throw new ArgumentError('series', 'at least one', inWords('none'));
  if (series.length === 1) return [fromDataset(series[0], options)];
  const { zone = series[0].zone, gaps, frequency } = alignment(options);
  for (const one of series) columnsOf(one, options);
  const rows = series.reduce((sum, { length }) => sum + length, 0);
  const longest = series.reduce((most, one) => (one.length > most.length ? one : most));
  const requireOverlap = (length: number) => {
    if (length * series.length <= mostFilled * rows) return;
    const got = `${series.length} with ${rows} values in all, from the first to the last ${length} times each`;
    throw new ArgumentError('series', 'series over about the same times', inWords(got));
  };
  if (series.some(({ times }) => times === undefined) || longest.length < 2) {
    requireOverlap(longest.length);
    const positions = (length: number) =>
      Int32Array.from({ length: longest.length }, (_, row) => (row < length ? row : -1));
    return layOut(
      series.map((one) => ({ series: one, positions: positions(one.length) })),
      undefined,
      options,
    );
  }
  const steps = frequency ?? alignTimestamps(longest.times!, { zone, gaps: 'missing' }).timeline.frequency;
  if (gaps !== 'missing') {
    for (const { times } of series) alignTimestamps(times!, { frequency: steps, zone, gaps: 'error' });
  }
  const all = Float64Array.from(new Set(series.flatMap(({ times }) => [...times!]))).sort();
  const { timeline, positions } = alignTimestamps(all, { frequency: steps, zone, gaps: 'missing' });
  requireOverlap(positions.length);
  const rowOf = new Map<number, number>();
  positions.forEach((position, row) => {
    if (position >= 0) rowOf.set(all[position], row);
  });
  return layOut(
    series.map((one) => {
      const own = new Int32Array(positions.length).fill(-1);
      one.times!.forEach((time, position) => {
        own[rowOf.get(time)!] = position;
      });
      return { series: one, positions: own };
    }),
    timeline,
    options,
  );
}

function alignment(options: FromDatasetOptions): AlignOptions {
  checkOptions<FromDatasetOptions>(options, checks);
  const { frequency, zone, gaps } = options;
  return { frequency, zone, gaps };
}

/** The columns to forecast. @throws ArgumentError for an unknown one */
function columnsOf(series: Series, { known = [], columns }: FromDatasetOptions): readonly string[] {
  const wanted = columns ?? series.columns.filter((column) => !known.includes(column));
  for (const [argument, names] of Object.entries({ columns: wanted, known })) {
    for (const column of names) {
      if (!series.columns.includes(column)) {
        throw new ArgumentError(argument, `some of ${series.columns.join(', ')}`, column);
      }
    }
  }
  return wanted;
}

interface PlacedSeries {
  readonly series: Series;
  /** For each row of the line of time, which row of the series it is; -1 for none. */
  readonly positions: Int32Array;
}

function layOut(
  placed: readonly PlacedSeries[],
  timeline: Timeline | undefined,
  options: FromDatasetOptions,
): TimeSeries[] {
  const { known = [] } = options;
  const laid = placed.map(({ series, positions }) => {
    const wanted = columnsOf(series, options);
    const read = (names: readonly string[]) => {
      const values = new Float64Array(positions.length * names.length);
      for (let row = 0; row < positions.length; row++) {
        names.forEach((name, column) => {
          const at = positions[row];
          values[row * names.length + column] = at >= 0 ? series.values[name][at] : Number.NaN;
        });
      }
      return values;
    };
    return { series, wanted, all: read(wanted), covariates: read(known) };
  });
  // What is known in advance continues after the last value.
  const rowsOf = ({ all, wanted }: (typeof laid)[number]) =>
    known.length === 0
      ? all.length / wanted.length
      : Math.floor(all.findLastIndex((value) => !Number.isNaN(value)) / wanted.length) + 1;
  const length = laid.reduce((most, one) => Math.max(most, rowsOf(one)), 0);
  return laid.map(({ series, wanted, all, covariates }) => {
    const values = all.subarray(0, length * wanted.length);
    return TimeSeries.of({
      name: series.name,
      values,
      variables: wanted,
      observed: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1)),
      timeline,
      ...(known.length > 0 && { known: { names: known, values: covariates } }),
      period: series.period,
    });
  });
}
