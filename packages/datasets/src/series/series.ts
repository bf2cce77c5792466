import { ArgumentError, inWords, whole } from '@throughtime/errors';

/** One or more variables observed at the same moments. Values are kept in double precision, as they were written. */
export interface Series {
  /** What it is called in messages, tables and charts. */
  readonly name: string;
  /** Observations. */
  readonly length: number;
  /** [length]: milliseconds since 1970-01-01 UTC, strictly increasing; absent where the data have no time stamps. */
  readonly times?: Float64Array;
  /** The zone whose clock and calendar the times follow: its name or offset. Absent where none is known: UTC's is taken for it. */
  readonly zone?: string;
  /** The variables' names, in the order of the file. */
  readonly columns: readonly string[];
  /** Each variable's observations, [length]. NaN only if missing values were kept on request. */
  readonly values: Readonly<Record<string, Float64Array>>;
  /** Observations in one cycle of the season (12 for monthly data), where one is known. */
  readonly period?: number;
}

/** A column that the series does not have, or no name where there are several columns. */
export class UnknownColumnError extends ArgumentError {
  override name = 'UnknownColumnError';

  constructor(series: Series, got: string | undefined) {
    const wanted =
      got === undefined ? 'the name of a column, as there are several' : 'a column of the series';
    super('column', `${wanted} (${series.columns.join(', ')})`, got ?? inWords('none'));
  }
}

/**
 * One variable of a series, [length].
 * @param name may be left out where there is only one
 * @throws UnknownColumnError
 */
export function columnOf(series: Series, name?: string): Float64Array {
  const wanted = name ?? (series.columns.length === 1 ? series.columns[0] : undefined);
  if (wanted === undefined || !series.columns.includes(wanted)) throw new UnknownColumnError(series, name);
  return series.values[wanted];
}

/**
 * The observations from index `from` up to, not including, `to`. Shares the series' storage.
 * @throws ArgumentError when the bounds are not whole numbers with 0 <= from <= to <= length
 */
export function sliceSeries(series: Series, from: number, to: number = series.length): Series {
  whole({ from: 0, to: series.length })('from', from);
  whole({ from, to: series.length })('to', to);
  const { times } = series;
  return {
    ...series,
    length: to - from,
    ...(times && { times: times.subarray(from, to) }),
    values: Object.fromEntries(
      series.columns.map((column) => [column, series.values[column].subarray(from, to)]),
    ),
  };
}
