import type { Reporter } from '@throughtime/command-line';
import { SeriesTooShortError } from '@throughtime/datasets';
import type { TimeSeries } from '@throughtime/forecasting';
import { noteInWords } from '../core/notes.js';
import { constantNotes, type OpenedSeries, trainingLength } from '../core/open-series.js';
import { seasonOf } from '../core/season.js';
import { openSeries, type SeriesOptions } from './series-option.js';

/** What all comparisons of models begin with: the series, what is learned from, and the season. */
export interface PreparedComparison {
  readonly opened: OpenedSeries;
  /** Values before the first origin. */
  readonly start: number;
  readonly period: number;
  /** What was taken for the season and the like, in sentences. */
  readonly remarks: readonly string[];
}

export interface ComparisonOptions {
  /** Values before the first origin, unless the user names a number. Default: the usual share of them. */
  readonly start?: (series: TimeSeries, opened: OpenedSeries) => number;
  /** How many of the last values are learned from. Default: all. */
  readonly window?: number | undefined;
}

/** A series of several is left out where fewer than this share of the training values are observed. */
const leastObserved = 0.25;

/** @throws NothingObservedError, SeriesTooShortError, and what opening throws */
export async function prepareComparison(
  options: SeriesOptions & { readonly train?: number },
  report: Reporter,
  { start: usual, window }: ComparisonOptions = {},
): Promise<PreparedComparison> {
  const found = await openSeries(options, report);
  const [first] = found.all;
  if (first.length < 2)
    throw new SeriesTooShortError(first.name, 2, 'one to learn from and one to forecast', first.length);
  const start =
    options.train ?? usual?.(first, found) ?? Math.max(1, trainingLength(first.length, found.trainShare));
  const { kept, remarks } = learnable(found.all, Math.min(start, first.length));
  const opened = { ...found, all: kept, series: kept[0] };
  for (const series of kept) series.assertObserved();
  const season = seasonOf(opened, Math.min(start, window ?? start), options.period);
  return {
    opened,
    start,
    period: season.period,
    remarks: [season.words, ...constantNotes(kept).map(noteInWords), ...remarks],
  };
}

/** The series of which enough is known before the first origin; one alone is judged by the models. */
function learnable(
  all: readonly TimeSeries[],
  start: number,
): { readonly kept: readonly TimeSeries[]; readonly remarks: readonly string[] } {
  if (all.length === 1) return { kept: all, remarks: [] };
  const observed = ({ values }: TimeSeries) =>
    values.subarray(0, start).reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
  const kept = all.filter((series) => observed(series) >= Math.max(2, leastObserved * start));
  if (kept.length === 0) {
    const [{ name }] = all;
    throw new SeriesTooShortError(
      name,
      Math.ceil(leastObserved * start),
      `of the ${start} to learn from`,
      observed(all[0]),
    );
  }
  const left = all.filter((series) => !kept.includes(series));
  if (left.length === 0) return { kept, remarks: [] };
  const names = left.slice(0, 8).map(({ name }) => name);
  const shown = `${names.join(', ')}${left.length > names.length ? `, ... (${left.length} in all)` : ''}`;
  return { kept, remarks: [`Left out, with too few values among the first ${start}: ${shown}.`] };
}

/** The fields of the event with which a comparison starts. */
export function startOf({ opened: { name, all, series }, period }: PreparedComparison) {
  return {
    series: all.length === 1 ? series.name : name,
    length: series.length,
    ...(all.length > 1 && { count: all.length }),
    period,
  };
}
