import { type Awaitable, type AwaitableSteps, ready, runSteps, whenReady } from '@throughtime/contract';
import { SeriesTooShortError } from '@throughtime/datasets';
import { checkOptions, numbers, type OptionChecks, required, whole } from '@throughtime/errors';
import { type Lags, lagOffsets, lagsCheck } from '../network/lag-inputs.js';

/** A one-step model of lags: takes features [n, L], oldest lag first, and returns the n values that follow. */
export type OneStepPredictor = (features: Float64Array, rows: number) => ArrayLike<number>;

/** The same where the values may come later, as those of networks on the reference path do. */
export type AwaitableOneStepPredictor = (
  features: Float64Array,
  rows: number,
) => Awaitable<ArrayLike<number>>;

/** One-step-ahead predictions of every label, each from observed values alone. [T - span] */
export function oneStepAhead(values: ArrayLike<number>, predict: OneStepPredictor, lags: Lags): Float64Array;
export function oneStepAhead(
  values: ArrayLike<number>,
  predict: AwaitableOneStepPredictor,
  lags: Lags,
): Awaitable<Float64Array>;
export function oneStepAhead(
  values: ArrayLike<number>,
  predict: AwaitableOneStepPredictor,
  lags: Lags,
): Awaitable<Float64Array> {
  return whenReady(KStepTable.of(values, predict, { lags, maxSteps: 1 }), (table) => table.column(1));
}

/** The lags of the model, and where free-running predictions begin. */
export interface MultiStepOptions {
  /** A count, or a list of offsets. */
  readonly lags: Lags;
  /** The index of the first value that is predicted. */
  readonly start: number;
}

const multiStepChecks: OptionChecks<MultiStepOptions> = {
  lags: required(lagsCheck),
  start: required(whole({ from: 0 })),
};

/**
 * The free-running forecast, [T]: observed values before `start`, and predictions from there on. Every prediction becomes an
 * input of the next; no later observation is seen. The chapter starts at 604, the end of its training pairs.
 */
export function multiStepAhead(
  values: ArrayLike<number>,
  predict: OneStepPredictor,
  options: MultiStepOptions,
): Float64Array;
export function multiStepAhead(
  values: ArrayLike<number>,
  predict: AwaitableOneStepPredictor,
  options: MultiStepOptions,
): Awaitable<Float64Array>;
export function multiStepAhead(
  values: ArrayLike<number>,
  predict: AwaitableOneStepPredictor,
  options: MultiStepOptions,
): Awaitable<Float64Array> {
  checkOptions<MultiStepOptions>(options, multiStepChecks);
  const { lags, start } = options;
  const offsets = lagOffsets(lags);
  if (start < offsets[0]) {
    throw new SeriesTooShortError('values', offsets[0], `${offsets[0]} lags before the start`, start);
  }
  return runSteps(freeRun(Float64Array.from(values), predict, { offsets, start }));
}

function* freeRun(
  path: Float64Array,
  predict: AwaitableOneStepPredictor,
  { offsets, start }: { readonly offsets: readonly number[]; readonly start: number },
): AwaitableSteps<Float64Array> {
  for (let t = start; t < path.length; t++) {
    const features = Float64Array.from(offsets, (offset) => path[t - offset]);
    path[t] = (yield* ready(predict(features, 1)))[0];
  }
  return path;
}

/** The lags of the model, and how far ahead it predicts. */
export interface KStepOptions {
  /** A count, or a list of offsets. */
  readonly lags: Lags;
  /** Steps ahead. Default 64, the chapter's. */
  readonly maxSteps?: number;
}

const kStepChecks: OptionChecks<KStepOptions> = { lags: required(lagsCheck), maxSteps: whole({ from: 1 }) };

/** What predictions are compared with, and from which row on. */
export interface KStepErrorOptions {
  /** Windows that start before this row do not count. Default 0: all count. */
  readonly fromRow?: number;
  /** What to compare with. Default: the observed series, whose noise no model can predict. */
  readonly truth?: ArrayLike<number>;
}

const kStepErrorChecks: OptionChecks<KStepErrorOptions> = { fromRow: whole({ from: 0 }), truth: numbers };

/**
 * The chapter's table of k-step-ahead predictions. A row is a window: `span` observed values, then `maxSteps` predictions, each
 * made from the cells to its left. 1000 values, 4 lags and 64 steps give 933 rows of 68.
 */
export class KStepTable {
  /** n = T - span - maxSteps + 1 windows. */
  readonly rows: number;
  /** span + maxSteps. */
  readonly columns: number;
  /** [rows, columns], row-major. */
  readonly cells: Float64Array;
  /** How many observed values each row begins with. */
  readonly span: number;
  readonly #values: ArrayLike<number>;

  /**
   * The table of a predictor, whose values may come later.
   * @throws SeriesTooShortError when no window fits
   */
  static of(
    values: ArrayLike<number>,
    predict: AwaitableOneStepPredictor,
    options: KStepOptions,
  ): Awaitable<KStepTable> {
    const table = new KStepTable(values, undefined, options);
    return whenReady(runSteps(table.#fill(predict, options)), () => table);
  }

  /**
   * @param predict answers at once; for others see {@link KStepTable.of}, which passes undefined
   * @throws SeriesTooShortError when no window fits
   */
  constructor(values: ArrayLike<number>, predict: OneStepPredictor | undefined, options: KStepOptions) {
    checkOptions<KStepOptions>(options, kStepChecks);
    const { lags, maxSteps = 64 } = options;
    const offsets = lagOffsets(lags);
    this.#values = values;
    this.span = offsets[0];
    this.columns = this.span + maxSteps;
    this.rows = values.length - this.columns + 1;
    if (this.rows < 1) {
      throw new SeriesTooShortError(
        'values',
        this.columns,
        `${this.span} lags and ${maxSteps} steps`,
        values.length,
      );
    }
    this.cells = new Float64Array(this.rows * this.columns);
    for (let row = 0; row < this.rows; row++) {
      for (let i = 0; i < this.span; i++) this.cells[row * this.columns + i] = values[row + i];
    }
    if (predict) runSteps(this.#fill(predict, options));
  }

  *#fill(predict: AwaitableOneStepPredictor, { lags }: KStepOptions): AwaitableSteps<void> {
    const offsets = lagOffsets(lags);
    const features = new Float64Array(this.rows * offsets.length);
    for (let column = this.span; column < this.columns; column++) {
      for (let row = 0; row < this.rows; row++) {
        for (let i = 0; i < offsets.length; i++) {
          features[row * offsets.length + i] = this.cells[row * this.columns + column - offsets[i]];
        }
      }
      const predictions = yield* ready(predict(features, this.rows));
      for (let row = 0; row < this.rows; row++) this.cells[row * this.columns + column] = predictions[row];
    }
  }

  /** The predictions `step` steps ahead, [rows]; row r predicts the value at index r + span + step - 1. */
  column(step: number): Float64Array {
    const column = this.span + step - 1;
    return Float64Array.from({ length: this.rows }, (_, row) => this.cells[row * this.columns + column]);
  }

  /**
   * The mean squared error `step` steps ahead over the windows that start at `fromRow` or later (default: all, as in the
   * chapter; pass the number of training pairs for windows that begin after them).
   */
  meanSquaredError(step: number, options: KStepErrorOptions = {}): number {
    checkOptions<KStepErrorOptions>(options, kStepErrorChecks);
    const { fromRow = 0, truth = this.#values } = options;
    let sum = 0;
    for (let row = fromRow; row < this.rows; row++) {
      const column = this.span + step - 1;
      sum += (this.cells[row * this.columns + column] - truth[row + column]) ** 2;
    }
    return sum / (this.rows - fromRow);
  }
}
