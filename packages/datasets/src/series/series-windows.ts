import type { Random } from '@throughtime/random';
import { type BatchSource, drawnEpochs, type Epoch, fixedEpochs } from '../batches/batch-source.js';
import { InvalidArgumentError, requireWhole } from '../errors.js';
import { columnOf, type Series } from './series.js';
import { MissingValueError, SeriesTooShortError } from './series-errors.js';
import { formatTimeStamp } from './time-stamps.js';

/** Windows of a series: what was observed, and what came after. */
export interface SeriesBatch {
  /** [N, T, D]: `lags` consecutive observations of the input columns, the oldest first. */
  readonly inputs: Float32Array;
  /** [N, horizon, K]: the observations of the target columns that follow. */
  readonly targets: Float32Array;
  /** N. */
  readonly batchSize: number;
  /** T. */
  readonly lags: number;
  readonly horizon: number;
  /** D: input columns. */
  readonly features: number;
  /** K: target columns. */
  readonly targetFeatures: number;
}

export interface SeriesWindowsOptions {
  /** Observations that a window shows (tau in the chapter). */
  readonly lags: number;
  /** Observations to be forecast after them. Default 1. */
  readonly horizon?: number;
  /** Observations from the start of one window to that of the next. Default 1: every window there is. */
  readonly stride?: number;
  /** The first window taken. Default 0. */
  readonly from?: number;
  /** The window after the last one taken. Default: the number of windows in the series. */
  readonly to?: number;
  /** The columns of `inputs`. Default: all. */
  readonly columns?: readonly string[];
  /** The columns of `targets`. Default: the same as those of `inputs`. */
  readonly targetColumns?: readonly string[];
}

/**
 * All windows of a series as one batch: window n shows observations n * stride to n * stride + lags, and its targets are
 * the `horizon` observations after them. A series of 1000 with 4 lags and horizon 1 has 996, as in the chapter.
 * @param series a series, or the values of one variable
 * @throws SeriesTooShortError, MissingValueError, UnknownColumnError, InvalidArgumentError
 */
export function seriesWindows(
  series: Series | ArrayLike<number>,
  options: SeriesWindowsOptions,
): SeriesBatch {
  const { starts, cut } = windowsOf(series, options);
  return cut(starts);
}

export interface SeriesBatchesOptions extends SeriesWindowsOptions {
  /** N: windows of a batch. */
  readonly batchSize: number;
  /** Draws the order of each epoch. Left out, windows come in the order of time. */
  readonly random?: Random;
  /** Whether a last batch of fewer windows is dropped. Default false. */
  readonly dropPartial?: boolean;
}

/**
 * The same windows in batches, cut as they are asked for: memory does not grow with their number.
 * @throws SeriesTooShortError, MissingValueError, UnknownColumnError, InvalidArgumentError
 */
export function seriesBatches(
  series: Series | ArrayLike<number>,
  { batchSize, random, dropPartial = false, ...options }: SeriesBatchesOptions,
): BatchSource<SeriesBatch> {
  requireWhole('batchSize', batchSize);
  const { starts, cut } = windowsOf(series, options);
  const count = dropPartial ? Math.floor(starts.length / batchSize) : Math.ceil(starts.length / batchSize);
  if (count === 0) {
    throw new InvalidArgumentError('batchSize', `at most the ${starts.length} windows taken`, batchSize);
  }
  const epochOf = (order: Int32Array): Epoch<SeriesBatch> => ({
    count,
    batch: (index) => cut(order.subarray(index * batchSize, (index + 1) * batchSize)),
  });
  if (!random) return fixedEpochs(false, epochOf(starts));
  return drawnEpochs({
    length: count,
    continues: false,
    random,
    draw: (drawn) => epochOf(drawn.shuffle(starts.slice())),
  });
}

interface Windows {
  /** Where each window begins. */
  readonly starts: Int32Array;
  readonly cut: (starts: Int32Array) => SeriesBatch;
}

function windowsOf(given: Series | ArrayLike<number>, options: SeriesWindowsOptions): Windows {
  const series = asSeries(given);
  const { lags, horizon = 1, stride = 1, columns = series.columns, targetColumns = columns } = options;
  for (const [name, value] of Object.entries({ lags, horizon, stride })) requireWhole(name, value);
  const inputs = columns.map((column) => knownValues(series, column));
  const targets = targetColumns.map((column) => knownValues(series, column));
  if (inputs.length === 0) throw new InvalidArgumentError('columns', 'at least one column', columns);
  if (targets.length === 0) {
    throw new InvalidArgumentError('targetColumns', 'at least one column', targetColumns);
  }

  const needed = lags + horizon;
  if (series.length < needed) {
    throw new SeriesTooShortError(series.length, needed, `a window of ${lags} lags and horizon ${horizon}`);
  }
  const available = Math.floor((series.length - needed) / stride) + 1;
  const { from = 0, to = available } = options;
  if (!Number.isInteger(to) || to < 1 || to > available) {
    throw new InvalidArgumentError('to', `a whole number from 1 to ${available}, the windows there are`, to);
  }
  if (!Number.isInteger(from) || from < 0 || from >= to) {
    throw new InvalidArgumentError('from', `a whole number from 0 to ${to - 1}`, from);
  }
  return {
    starts: Int32Array.from({ length: to - from }, (_, i) => (from + i) * stride),
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
    const time = series.times && ` (${formatTimeStamp(series.times[index])})`;
    throw new MissingValueError(column, `index ${index}${time ?? ''}`);
  }
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
