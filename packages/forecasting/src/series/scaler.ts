import { requireSinglePrecision } from '@throughtime/datasets';
import { checkOptions, list, number, type OptionChecks, oneOf, required } from '@throughtime/errors';
import { readSaved } from '../errors.js';
import type { TimeSeries } from './time-series.js';

/** 'standard': mean 0, standard deviation 1. 'min-max': from 0 to 1. 'none': as it is. */
export type ScalerKind = 'standard' | 'min-max' | 'none';

/** The check of an option that must be the kind of a scaler. */
export const scalerCheck = oneOf<ScalerKind>(['standard', 'min-max', 'none']);

interface SavedScaler {
  readonly kind: ScalerKind;
  readonly offsets: readonly number[];
  readonly factors: readonly number[];
}

const savedChecks: OptionChecks<SavedScaler> = {
  kind: required(scalerCheck),
  offsets: required(list(number())),
  factors: required(list(number())),
};

/**
 * One affine map per variable, learned from training data and kept with the model: scaled = (value - offset) / factor. A factor of 0
 * belongs to a variable that never changed: it is shifted and not stretched, and whatever a model says is scaled back to its value.
 */
export class Scaler {
  /** What offsets and factors are. */
  readonly kind: ScalerKind;
  /** [D]: what is taken from each variable first. */
  readonly offsets: readonly number[];
  /** [D]: what each variable is then divided by; 0 for one that never varied, which is left undivided. */
  readonly factors: readonly number[];

  private constructor(kind: ScalerKind, offsets: readonly number[], factors: readonly number[]) {
    this.kind = kind;
    this.offsets = offsets;
    this.factors = factors;
  }

  /**
   * Learns from the observed values of the series, all together. Give it what comes before the first forecast, nothing else.
   * @throws ArgumentError for kind 'none' with values that networks, which compute with 24 bits, would round
   */
  static fit(training: readonly TimeSeries[], kind: ScalerKind): Scaler {
    scalerCheck('scaler', kind);
    const { width } = training[0];
    const moments = Array.from({ length: width }, (_, column) => momentsOf(training, column));
    if (kind === 'none') {
      // A variable that never changes is shifted to 0.
      if (moments.some(({ low, high }) => low !== high)) {
        for (const { name, values } of training) requireSinglePrecision(`series '${name}'`, values);
      }
      return new Scaler(
        kind,
        moments.map(({ low, high }) => (low === high ? low : 0)),
        moments.map(({ low, high }) => (low === high ? 0 : 1)),
      );
    }
    return kind === 'standard'
      ? new Scaler(
          kind,
          moments.map(({ mean }) => mean),
          moments.map(({ deviation }) => deviation),
        )
      : new Scaler(
          kind,
          moments.map(({ low }) => low),
          moments.map(({ low, high }) => high - low),
        );
  }

  /** @throws InvalidModelError when it is not what {@link toJSON} gives */
  static fromJSON(saved: unknown): Scaler {
    readSaved('scaler', () => checkOptions<SavedScaler>(saved, savedChecks));
    const { kind, offsets, factors } = saved as SavedScaler;
    return new Scaler(kind, offsets, factors);
  }

  /** A value of variable `column` in scaled units. */
  scale(value: number, column: number): number {
    return (value - this.offsets[column]) / (this.factors[column] || 1);
  }

  /** The value of variable `column` that is `value` in scaled units. */
  unscale(value: number, column: number): number {
    return this.offsets[column] + this.factors[column] * value;
  }

  /** What {@link Scaler.fromJSON} reads. */
  toJSON(): SavedScaler {
    return { kind: this.kind, offsets: this.offsets, factors: this.factors };
  }
}

function momentsOf(training: readonly TimeSeries[], column: number) {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values, observed, width } of training) {
    for (let i = column; i < values.length; i += width) {
      if (observed[i] === 0) continue;
      // Welford's update: exact where values are large beside their spread.
      count++;
      const distance = values[i] - mean;
      mean += distance / count;
      squares += distance * (values[i] - mean);
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
  }
  return { mean, deviation: Math.sqrt(squares / count), low, high };
}
