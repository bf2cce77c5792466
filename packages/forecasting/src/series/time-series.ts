import {
  formatFrequency,
  formatRowTime,
  seasonalPeriod,
  shiftTimeline,
  type Timeline,
  timelineCheck,
  timestampAt,
} from '@throughtime/datasets';
import {
  ArgumentError,
  type Check,
  checkOptions,
  inWords,
  list,
  number,
  numbers,
  type OptionChecks,
  record,
  required,
  text,
  whole,
  withMethods,
} from '@throughtime/errors';
import { NotFiniteError, NothingObservedError } from '../errors.js';

/** Variables whose future is known when a forecast is made: holidays, prices already set, the calendar. */
export interface KnownCovariates {
  /** [C] */
  readonly names: readonly string[];
  /** [L, C], row t beside the series' row t; L >= T, and the rows from T on are the known future. */
  readonly values: Float64Array;
}

/** What is known of a series as a whole: a shop's size, a sensor's height. Categories are entries of 0 and 1. */
export interface StaticCovariates {
  /** [S] */
  readonly names: readonly string[];
  /** [S] */
  readonly values: readonly number[];
}

/** The values of a series, and what is known about them. */
export interface TimeSeriesOptions {
  /** Shown in messages and tables. Default: 'series'. */
  readonly name?: string | undefined;
  /** [T, D], row t the values at time t, finite wherever they are observed. */
  readonly values: ArrayLike<number>;
  /** Names of the D variables. Default: one, 'value'. */
  readonly variables?: readonly string[] | undefined;
  /** [T, D], 0 where a value is missing, whatever `values` holds there. Default: all observed. */
  readonly observed?: ArrayLike<number> | undefined;
  /** When the values were taken. Default: not known; steps are only counted. */
  readonly timeline?: Timeline | undefined;
  /** Variables whose future is known: their names [C], and values [L, C] with L >= T. Default: none. */
  readonly known?: { names: readonly string[]; values: ArrayLike<number> } | undefined;
  /** What tells this series from others, and never changes. Networks that learn from several see it. Default: nothing. */
  readonly statics?: StaticCovariates | undefined;
  /** Steps of a season. Default: the one usual for the timeline's frequency; 1, none, without a timeline. */
  readonly period?: number | undefined;
}

const checks: OptionChecks<TimeSeriesOptions> = {
  name: text,
  values: required(numbers),
  variables: list(text),
  observed: numbers,
  timeline: timelineCheck,
  known: record<NonNullable<TimeSeriesOptions['known']>>({
    names: required(list(text)),
    values: required(numbers),
  }),
  statics: record<StaticCovariates>({
    names: required(list(text, { length: { from: 1 } })),
    values: required(list(number())),
  }),
  period: whole({ from: 1 }),
};

/** The check of an argument that must be a {@link TimeSeries}. */
export const timeSeriesCheck: Check<TimeSeries> = withMethods<TimeSeries>(
  'a TimeSeries, such as TimeSeries.of({ values })',
  ['slice', 'assertObserved'],
);

interface Fields {
  readonly name: string;
  readonly values: Float64Array;
  readonly variables: readonly string[];
  readonly observed: Uint8Array;
  readonly timeline: Timeline | undefined;
  readonly known: KnownCovariates | undefined;
  readonly statics: StaticCovariates | undefined;
  readonly period: number;
}

/**
 * One or several variables measured at equal steps of time, some values possibly missing, with the covariates that are
 * known in advance. Immutable: slicing and appending make new series.
 */
export class TimeSeries {
  /** Shown in messages and tables. */
  readonly name: string;
  /** [T, D]; NaN where missing, so that no sum and no figure takes it for a number. */
  readonly values: Float64Array;
  /** [D]: their names. */
  readonly variables: readonly string[];
  /** [T, D]: 1 where a value was observed, 0 where it is missing. */
  readonly observed: Uint8Array;
  /** When the values were taken; undefined where that is not known. */
  readonly timeline: Timeline | undefined;
  /** Variables whose future is known; undefined for none. */
  readonly known: KnownCovariates | undefined;
  /** What is known of the series as a whole; undefined for nothing. */
  readonly statics: StaticCovariates | undefined;
  /** Steps of a season; 1 where there is none. */
  readonly period: number;

  /** Takes the arrays as they are: checked, and not copied, so that a slice costs nothing. */
  private constructor(fields: Fields) {
    this.name = fields.name;
    this.values = fields.values;
    this.variables = fields.variables;
    this.observed = fields.observed;
    this.timeline = fields.timeline;
    this.known = fields.known;
    this.statics = fields.statics;
    this.period = fields.period;
  }

  /**
   * A series of one variable from its plain values. `fromDataset` takes the series of `@throughtime/datasets`.
   * @param options the name, the season and the times, as {@link TimeSeries.of} takes them
   * @throws ArgumentError, NotFiniteError
   *
   * @example
   * ```ts
   * import { naive, TimeSeries } from '@throughtime/forecasting';
   * const model = await naive().fit(TimeSeries.from([1, 2, 3]));
   * console.log((await model.predict(2)).mean); // Float64Array [3, 3]
   * ```
   */
  static from(values: ArrayLike<number>, options: Omit<TimeSeriesOptions, 'values'> = {}): TimeSeries {
    return TimeSeries.of({ ...options, values });
  }

  /**
   * Copies and checks the values.
   * @throws ArgumentError when the sizes do not fit together
   * @throws NotFiniteError for an observed value that is not a finite number
   */
  static of(options: TimeSeriesOptions): TimeSeries {
    checkOptions<TimeSeriesOptions>(options, checks);
    const { name = 'series', variables = ['value'], timeline, known, statics } = options;
    const { period = timeline === undefined ? 1 : seasonalPeriod(timeline.frequency) } = options;
    const width = variables.length;
    if (width === 0 || options.values.length % width !== 0) {
      const expected = `whole rows of ${width} variables`;
      throw new ArgumentError('values', expected, inWords(`${options.values.length} values`));
    }
    if (options.observed !== undefined && options.observed.length !== options.values.length) {
      throw new ArgumentError('observed', `${options.values.length} flags`, options.observed.length);
    }
    const values = Float64Array.from(options.values);
    const observed =
      options.observed === undefined
        ? new Uint8Array(values.length).fill(1)
        : Uint8Array.from(options.observed, (flag) => (flag === 0 ? 0 : 1));
    for (let i = 0; i < values.length; i++) {
      if (observed[i] === 0) values[i] = Number.NaN;
      else if (!Number.isFinite(values[i])) {
        throw new NotFiniteError(name, variables[i % width], Math.floor(i / width), values[i]);
      }
    }
    if (statics !== undefined && statics.values.length !== statics.names.length) {
      throw new ArgumentError(
        'statics.values',
        `one for each of ${statics.names.length} names`,
        inWords(`${statics.values.length} values`),
      );
    }
    const covariates = known && checkedCovariates(name, known, values.length / width);
    return new TimeSeries({
      name,
      values,
      variables,
      observed,
      timeline,
      known: covariates,
      statics: statics && { names: [...statics.names], values: [...statics.values] },
      period,
    });
  }

  /** T, the number of time steps. */
  get length(): number {
    return this.values.length / this.variables.length;
  }

  /** D, the number of variables. */
  get width(): number {
    return this.variables.length;
  }

  /** How many rows of known covariates lie after the end; 0 without covariates. */
  get knownAhead(): number {
    return this.known === undefined ? 0 : this.known.values.length / this.known.names.length - this.length;
  }

  /**
   * Rows start..end-1 (as `Array.prototype.slice`, without negative positions). Known covariates after `end` stay: they
   * are known in advance.
   */
  slice(start: number, end: number = this.length): TimeSeries {
    const { width, known } = this;
    return new TimeSeries({
      name: this.name,
      values: this.values.subarray(start * width, end * width),
      variables: this.variables,
      observed: this.observed.subarray(start * width, end * width),
      timeline: this.timeline && shiftTimeline(this.timeline, start),
      known: known && { names: known.names, values: known.values.subarray(start * known.names.length) },
      statics: this.statics,
      period: this.period,
    });
  }

  /**
   * This series and, after it, the rows of `next`, which carries on where this one ends.
   * @throws ArgumentError when the variables differ, or when the time stamps of `next` do not follow those of this series
   */
  append(next: TimeSeries): TimeSeries {
    if (next.variables.join() !== this.variables.join()) {
      throw new ArgumentError(
        'observations',
        `the variables ${this.variables.join()}`,
        inWords(next.variables.join()),
      );
    }
    assertFollows(this, next);
    const length = this.length + next.length;
    const known = this.known && this.knownAhead >= next.length ? this.known : joinedCovariates(this, next);
    return new TimeSeries({
      name: this.name,
      values: joined(this.values, next.values),
      variables: this.variables,
      observed: joined(this.observed, next.observed),
      timeline: this.timeline,
      known: known !== undefined && known.values.length >= length * known.names.length ? known : undefined,
      statics: this.statics,
      period: this.period,
    });
  }

  /** One variable on its own, with the same times and covariates. */
  variable(name: string): TimeSeries {
    const column = this.variables.indexOf(name);
    if (column < 0) throw new ArgumentError('variable', `one of ${this.variables.join(', ')}`, name);
    const ofColumn = (_: number, i: number) => i % this.width === column;
    return new TimeSeries({
      name: this.name,
      values: this.values.filter(ofColumn),
      variables: [name],
      observed: this.observed.filter(ofColumn),
      timeline: this.timeline,
      known: this.known,
      statics: this.statics,
      period: this.period,
    });
  }

  /** The same times with other values [T, D]: what a transform makes. */
  withValues(values: ArrayLike<number>, observed: ArrayLike<number> = this.observed): TimeSeries {
    const { name, variables, timeline, known, statics, period } = this;
    return TimeSeries.of({ name, values, variables, observed, timeline, known, statics, period });
  }

  /** @throws NothingObservedError when some variable has no observed value */
  assertObserved(): void {
    const { width, observed } = this;
    for (let column = 0; column < width; column++) {
      if (!observed.some((flag, i) => flag === 1 && i % width === column)) {
        throw new NothingObservedError(this.name, this.variables[column]);
      }
    }
  }
}

/**
 * The season that models are to learn where none is named: the series' own, if `length` values show it twice; otherwise 1, none. A
 * pattern that is shown once may be anything.
 */
export function learnableSeason({ period }: Pick<TimeSeries, 'period'>, length: number): number {
  return 2 * period <= length ? period : 1;
}

/** One variable's values in time, NaN where missing: what the models of one variable work on. [T] */
export function columnValues(series: TimeSeries, column: number): Float64Array {
  const { values, width, length } = series;
  // A backtest asks for them at every origin.
  if (width === 1) return values.slice();
  const own = new Float64Array(length);
  for (let row = 0; row < length; row++) own[row] = values[row * width + column];
  return own;
}

/** Values whose holes are filled along straight lines; those at an end repeat the nearest one. At least one value is known. */
export function interpolated(values: Float64Array): Float64Array {
  const filled = values.slice();
  let before = -1;
  for (let t = 0; t <= filled.length; t++) {
    if (t < filled.length && Number.isNaN(filled[t])) continue;
    for (let hole = before + 1; hole < t; hole++) {
      const [left, right] = [filled[before], filled[t]];
      filled[hole] =
        before < 0
          ? right
          : t === filled.length
            ? left
            : left + ((right - left) * (hole - before)) / (t - before);
    }
    before = t;
  }
  return filled;
}

/**
 * Refuses rows that do not carry on where a series ends: a gap, an overlap, another frequency. Without time stamps on both sides
 * nothing can be said, and they are taken to follow.
 * @throws ArgumentError naming the time stamp expected
 */
function assertFollows(series: TimeSeries, next: TimeSeries): void {
  const [own, other] = [series.timeline, next.timeline];
  if (own === undefined || other === undefined) return;
  for (let row = 0; row < next.length; row++) {
    const [expected, got] = [timestampAt(own, series.length + row), timestampAt(other, row)];
    if (got === expected) continue;
    const hint =
      row > 0
        ? `the frequency is ${formatFrequency(own.frequency)}, not ${formatFrequency(other.frequency)}`
        : got > expected
          ? 'a gap'
          : 'an overlap';
    throw new ArgumentError(
      'observations',
      `the time stamp ${formatRowTime(own, series.length + row)} in row ${row}, to follow the series`,
      inWords(formatRowTime(other, row)),
      { hint },
    );
  }
}

function checkedCovariates(
  series: string,
  { names, values }: { names: readonly string[]; values: ArrayLike<number> },
  rows: number,
): KnownCovariates {
  if (names.length === 0 || values.length % names.length !== 0 || values.length < rows * names.length) {
    throw new ArgumentError(
      'known.values',
      `at least ${rows} rows of ${names.length} covariates`,
      inWords(`${values.length} values`),
    );
  }
  const copy = Float64Array.from(values);
  const bad = copy.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new NotFiniteError(series, names[bad % names.length], Math.floor(bad / names.length), copy[bad]);
  }
  return { names, values: copy };
}

function joined<A extends Float64Array | Uint8Array>(first: A, second: A): A {
  const whole = new (first.constructor as new (length: number) => A)(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function joinedCovariates(first: TimeSeries, second: TimeSeries): KnownCovariates | undefined {
  if (first.known === undefined || second.known === undefined) return undefined;
  const { names } = first.known;
  const own = first.known.values.subarray(0, first.length * names.length);
  return { names, values: joined(own, second.known.values) };
}
