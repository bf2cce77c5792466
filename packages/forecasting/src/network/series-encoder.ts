import {
  ArgumentError,
  anything,
  checkOptions,
  inWords,
  list,
  type OptionChecks,
  oneOf,
  record,
  required,
  text,
} from '@throughtime/errors';
import { type CalendarFeature, calendarCheck, calendarFeatures, calendarWidth } from '../series/calendar.js';
import { Scaler, type ScalerKind, scalerCheck } from '../series/scaler.js';
import { type StaticCovariates, TimeSeries } from '../series/time-series.js';

export interface EncodingOptions {
  /** Default 'standard'. */
  readonly scaler?: ScalerKind | undefined;
  /**
   * 'training' (default): one scaler, fitted to all training data. 'series': one scaler per series, and a context by its own; for
   * many series of different size.
   */
  readonly scaleBy?: 'training' | 'series' | undefined;
  /** Features of the time stamps, known for the future too. Default: none. */
  readonly calendar?: readonly CalendarFeature[] | undefined;
}

export const encodingChecks: OptionChecks<EncodingOptions> = {
  scaler: scalerCheck,
  scaleBy: oneOf(['training', 'series']),
  calendar: calendarCheck,
};

/** What {@link SeriesEncoder.toJSON} gives, after JSON. */
interface SavedEncoder {
  readonly options: EncodingOptions;
  readonly scaler: unknown;
  readonly covariates?: Saved<Named>;
  /** Missing in models saved before there were any. */
  readonly statics?: Saved<Named>;
}

/** Covariates, in the order of their columns. */
interface Named {
  readonly names: readonly string[];
  readonly scaler: Scaler;
}

type Saved<T> = Omit<T, 'scaler'> & { readonly scaler: unknown };

const namedCheck = record<Saved<Named>>({ names: required(list(text)), scaler: required(anything) });

const savedChecks: OptionChecks<SavedEncoder> = {
  options: required(record<EncodingOptions>(encodingChecks)),
  scaler: required(anything),
  covariates: namedCheck,
  statics: namedCheck,
};

/** A series as networks take it. */
export interface EncodedSeries {
  readonly length: number; // T
  /** [T, D], scaled; a missing value repeats the one before it (0, the mean, where there is none). */
  readonly filled: Float64Array;
  /** [T, D], scaled; NaN where missing. */
  readonly targets: Float64Array;
  /** [T + ahead, C]: calendar features, known covariates, and what is known of the series. */
  readonly features: Float64Array;
  readonly scaler: Scaler;
}

/** Turns series into scaled numbers and features. It is fitted to the training data alone. */
export class SeriesEncoder {
  readonly #options: EncodingOptions;
  readonly #scaler: Scaler;
  /** The names and scaler of the known covariates; undefined if the training data had none. */
  readonly #covariates: Named | undefined;
  /** The same of what is known of each series as a whole. */
  readonly #statics: Named | undefined;

  private constructor(
    options: EncodingOptions,
    scaler: Scaler,
    { covariates, statics }: { covariates: Named | undefined; statics: Named | undefined },
  ) {
    const { scaler: kind, scaleBy, calendar } = options;
    this.#options = { scaler: kind, scaleBy, calendar };
    this.#scaler = scaler;
    this.#covariates = covariates;
    this.#statics = statics;
  }

  /** @throws NothingObservedError for a series without a value */
  static fit(training: readonly TimeSeries[], options: EncodingOptions): SeriesEncoder {
    for (const series of training) series.assertObserved();
    const scaler = Scaler.fit(training, options.scaler ?? 'standard');
    const [{ known, statics }] = training;
    // Their future is known, but the scaler must not see it: scale by the training rows.
    const covariates = known && named(known.names, training, (series) => knownRows(series, series.length));
    const whole =
      statics && named(statics.names, training, (series) => staticsOf(series, statics.names).values);
    return new SeriesEncoder(options, scaler, { covariates, statics: whole });
  }

  /** @throws ArgumentError, InvalidModelError when it is not what {@link toJSON} gives */
  static fromJSON(saved: unknown): SeriesEncoder {
    checkOptions<SavedEncoder>(saved, savedChecks, 'encoder');
    const { options, scaler, covariates, statics } = saved;
    const read = (of: Saved<Named>): Named => ({ names: of.names, scaler: Scaler.fromJSON(of.scaler) });
    return new SeriesEncoder(options, Scaler.fromJSON(scaler), {
      covariates: covariates && read(covariates),
      statics: statics && read(statics),
    });
  }

  toJSON(): Record<string, unknown> {
    return {
      options: this.#options,
      scaler: this.#scaler,
      covariates: this.#covariates,
      ...(this.#statics && { statics: this.#statics }),
    };
  }

  /** C, the features of a time. */
  get featureWidth(): number {
    const columns = [this.#covariates, this.#statics].map((of) => of?.names.length ?? 0);
    return calendarWidth(this.#options.calendar ?? []) + columns[0] + columns[1];
  }

  /**
   * @param ahead how many steps after the end need features
   * @throws ArgumentError when the series lacks the time stamps or covariates that the model was trained with
   */
  encode(series: TimeSeries, ahead: number): EncodedSeries {
    const { length, width, values, observed } = series;
    const own = this.#options.scaleBy === 'series';
    const scaler = own ? Scaler.fit([series], this.#options.scaler ?? 'standard') : this.#scaler;
    const filled = new Float64Array(values.length);
    const targets = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const scaled = scaler.scale(values[i], i % width);
      targets[i] = observed[i] === 0 ? Number.NaN : scaled;
      filled[i] = observed[i] === 1 ? scaled : i >= width ? filled[i - width] : 0;
    }
    return { length, filled, targets, features: this.#features(series, length + ahead), scaler };
  }

  #features(series: TimeSeries, rows: number): Float64Array {
    const { calendar = [] } = this.#options;
    const width = this.featureWidth;
    const features = new Float64Array(rows * width);
    const calendarSize = calendarWidth(calendar);
    if (calendarSize > 0) {
      if (series.timeline === undefined) {
        throw new ArgumentError('calendar', `time stamps on '${series.name}'`, inWords('none'));
      }
      const dates = calendarFeatures(series.timeline, calendar, { to: rows });
      for (let row = 0; row < rows; row++) {
        features.set(dates.subarray(row * calendarSize, (row + 1) * calendarSize), row * width);
      }
    }
    if (this.#covariates !== undefined) {
      const { names, scaler } = this.#covariates;
      if (series.known?.names.join() !== names.join()) {
        const got = series.known?.names.join() ?? 'none';
        throw new ArgumentError('known', `the covariates ${names.join()}, as in training`, inWords(got));
      }
      const values = knownRows(series, rows);
      for (let i = 0; i < values.length; i++) {
        const column = i % names.length;
        const row = (i - column) / names.length;
        features[row * width + calendarSize + column] = scaler.scale(values[i], column);
      }
    }
    if (this.#statics !== undefined) {
      const { names, scaler } = this.#statics;
      const values = staticsOf(series, names).values.map((value, column) => scaler.scale(value, column));
      for (let row = 0; row < rows; row++) features.set(values, (row + 1) * width - names.length);
    }
    return features;
  }
}

/** The covariates of all series, scaled together. @param valuesOf [rows, names] of a series */
function named(
  names: readonly string[],
  training: readonly TimeSeries[],
  valuesOf: (series: TimeSeries) => ArrayLike<number>,
): Named {
  const rows = training.map((series) => TimeSeries.of({ variables: names, values: valuesOf(series) }));
  return { names, scaler: Scaler.fit(rows, 'standard') };
}

/** @throws ArgumentError where the series has others than those of the (first) training series */
function staticsOf({ name, statics }: TimeSeries, names: readonly string[]): StaticCovariates {
  if (statics?.names.join() === names.join()) return statics;
  const got = statics?.names.join() ?? 'none';
  throw new ArgumentError('statics', `${names.join()} of '${name}', as in training`, inWords(got));
}

function knownRows({ known }: TimeSeries, rows: number): Float64Array {
  const { names, values } = known!;
  return values.subarray(0, rows * names.length);
}
