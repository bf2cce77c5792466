import type { BatchSource } from '@throughtime/contract';
import {
  ArgumentError,
  checkOptions,
  list,
  type OptionChecks,
  required,
  text,
  whole,
} from '@throughtime/errors';
import {
  batchesOfWindows,
  chosenStarts,
  type WindowChoice,
  type WindowOrder,
  windowChoiceChecks,
  windowOrderChecks,
  windowsIn,
} from '../batches/chosen-windows.js';
import { columnOf, type Series } from './series.js';
import { MissingValueError, SeriesTooShortError } from './series-errors.js';
import { formatTimestamp } from './timestamps.js';

/** Up to here single precision holds every whole number. */
const exactSingles = 2 ** 24;

/**
 * Refuses values that single precision would round though they look exact: counts above 2^24, which would turn into multiples of 2,
 * 4 or 128 in silence.
 * @throws ArgumentError
 */
export function requireSinglePrecision(argument: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]) <= exactSingles || Number.isNaN(values[i])) continue;
    if (Math.fround(values[i]) === values[i]) continue;
    const expected = `numbers that single precision holds, which is every whole number up to ${exactSingles}`;
    const hint = 'scale them first: subtract the mean and divide by the spread';
    throw new ArgumentError(argument, expected, values[i], { hint });
  }
}

/** Windows of a series, each with the observations that follow it. */
export interface SeriesBatch {
  /** [N, T, D]: `lags` consecutive observations of the input columns, the oldest first. */
  readonly inputs: Float32Array;
  /** [N, horizon, K]: the observations of the target columns that follow. */
  readonly targets: Float32Array;
  /** N. */
  readonly batchSize: number;
  /** T. */
  readonly lags: number;
  /** How many observations follow each window. */
  readonly horizon: number;
  /** D: input columns. */
  readonly features: number;
  /** K: target columns. */
  readonly targetFeatures: number;
}

/** Which windows of a series there are, and what each must predict. */
export interface SeriesWindowsOptions extends WindowChoice {
  /** Observations per window (tau in the chapter). */
  readonly lags: number;
  /** Observations to forecast after them. Default 1. */
  readonly horizon?: number;
  /** The columns of `inputs`. Default: all. */
  readonly columns?: readonly string[];
  /** The columns of `targets`. Default: the same as those of `inputs`. */
  readonly targetColumns?: readonly string[];
}

const windowsChecks: OptionChecks<SeriesWindowsOptions> = {
  ...windowChoiceChecks,
  lags: required(whole({ from: 1 })),
  horizon: whole({ from: 1 }),
  columns: list(text),
  targetColumns: list(text),
};

/**
 * All windows of a series as one batch: window n shows observations n * stride to n * stride + lags, and its targets are
 * the `horizon` observations after them. A series of 1000 with 4 lags and horizon 1 has 996, as in the chapter.
 * @param series a series, or the values of one variable
 * @throws SeriesTooShortError, MissingValueError, UnknownColumnError, ArgumentError (also for counts above 2^24, which the
 * batch's 32-bit numbers would round)
 */
export function seriesWindows(
  series: Series | ArrayLike<number>,
  options: SeriesWindowsOptions,
): SeriesBatch {
  checkOptions<SeriesWindowsOptions>(options, windowsChecks);
  const { starts, cut } = windowsOf(series, options);
  return cut(starts);
}

/** The windows of a series, and how an epoch puts them into batches. */
export interface SeriesBatchesOptions extends SeriesWindowsOptions, WindowOrder {}

/**
 * The same windows in batches. Each batch is cut when it is asked for; until then a window costs 4 bytes.
 * @throws SeriesTooShortError, MissingValueError, UnknownColumnError, ArgumentError
 */
export function seriesBatches(
  series: Series | ArrayLike<number>,
  options: SeriesBatchesOptions,
): BatchSource<SeriesBatch> {
  checkOptions<SeriesBatchesOptions>(options, { ...windowsChecks, ...windowOrderChecks });
  const { starts, cut } = windowsOf(series, options);
  return batchesOfWindows(starts, options, cut);
}

interface Windows {
  /** Where each window begins. */
  readonly starts: Int32Array;
  readonly cut: (starts: Int32Array) => SeriesBatch;
}

function windowsOf(given: Series | ArrayLike<number>, options: SeriesWindowsOptions): Windows {
  const series = asSeries(given);
  const { lags, horizon = 1, stride = 1, columns = series.columns, targetColumns = columns } = options;
  const inputs = columns.map((column) => knownValues(series, column));
  const targets = targetColumns.map((column) => knownValues(series, column));
  if (inputs.length === 0) throw new ArgumentError('columns', 'at least one column', columns);
  if (targets.length === 0) {
    throw new ArgumentError('targetColumns', 'at least one column', targetColumns);
  }

  const needed = lags + horizon;
  if (series.length < needed) {
    const reason = `a window of ${lags} lags and horizon ${horizon}`;
    throw new SeriesTooShortError(series.name, needed, reason, series.length);
  }
  return {
    starts: chosenStarts(windowsIn(series.length, needed, stride), options),
    cut: (starts) => ({
      inputs: gather(inputs, starts, 0, lags),
      targets: gather(targets, starts, lags, horizon),
      batchSize: starts.length,
      lags,
      horizon,
      features: inputs.length,
      targetFeatures: targets.length,
    }),
  };
}

function asSeries(given: Series | ArrayLike<number>): Series {
  if ('columns' in given) return given;
  const value = Float64Array.from(given);
  return { name: 'series', length: value.length, columns: ['value'], values: { value } };
}

function knownValues(series: Series, column: string): Float64Array {
  const values = columnOf(series, column);
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    const time = series.times && ` (${formatTimestamp(series.times[index])})`;
    throw new MissingValueError(column, `index ${index}${time ?? ''}`);
  }
  requireSinglePrecision(`values of '${column}'`, values);
  return values;
}

/** [starts, span, columns]: observations start + after .. start + after + span of each column. */
function gather(
  columns: readonly Float64Array[],
  starts: Int32Array,
  after: number,
  span: number,
): Float32Array {
  const gathered = new Float32Array(starts.length * span * columns.length);
  let next = 0;
  for (const start of starts) {
    for (let i = start + after; i < start + after + span; i++) {
      for (const column of columns) gathered[next++] = column[i];
    }
  }
  return gathered;
}
