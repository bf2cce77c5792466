import {
  checkOptions,
  list,
  number,
  type OptionChecks,
  oneOf,
  positive,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import type { Series } from './series.js';

/** The chapter's editions whose sine waves differ. */
export type EditionName = '0.6' | '0.7' | '0.14' | '0.15' | '0.16' | '0.17' | '1.0';

/** The first t of x_t in each edition of the chapter. */
export const sineStarts: Readonly<Record<EditionName, 0 | 1>> = {
  '0.6': 0,
  '0.7': 0,
  '0.14': 1,
  '0.15': 1,
  '0.16': 1,
  '0.17': 1,
  '1.0': 1,
};

/** One wave of a mixture: `amplitude * sin(2 pi t / period + phase)`. */
export interface SineComponent {
  /** Default 1. */
  readonly amplitude?: number;
  /** In steps. Default 200 pi, which is sin(0.01 t). */
  readonly period?: number;
  /** In radians. Default 0. */
  readonly phase?: number;
}

/** A noisy sum of sine waves, as the chapter uses one. */
export interface SineSeriesOptions extends SineComponent {
  /** Draws the noise, one normal per step. */
  readonly random: Random;
  /** Observations. Default 1000, as in the chapter. */
  readonly length?: number;
  /** Standard deviation of the noise. Default 0.2, as in the chapter; 0 draws nothing. */
  readonly noise?: number;
  /**
   * The chapter's edition, which decides where t starts: 0 in 0.6 and 0.7, 1 from 0.14 on. Default '1.0'.
   */
  readonly edition?: EditionName;
  /** Further waves, added to the first. Default none. */
  readonly mixture?: readonly SineComponent[];
}

const componentChecks: OptionChecks<SineComponent> = {
  amplitude: number(),
  period: positive,
  phase: number(),
};

const checks: OptionChecks<SineSeriesOptions> = {
  ...componentChecks,
  random: required(randomSource),
  length: whole({ from: 1 }),
  noise: number({ from: 0 }),
  edition: oneOf(Object.keys(sineStarts)),
  mixture: list(record<SineComponent>(componentChecks)),
};

/**
 * The chapter's made-up series: x_t = sin(0.01 t) + N(0, 0.2), t = 1..1000 (Dive into Deep Learning, "Sequence Models").
 * Its one column is `x`. No forecast of it can have a mean squared error below noise^2, 0.04 by default.
 * @throws ArgumentError
 */
export function sineSeries(options: SineSeriesOptions): Series {
  checkOptions<SineSeriesOptions>(options, checks);
  const { random, length = 1000, noise = 0.2, edition = '1.0', mixture = [] } = options;
  const waves = [options, ...mixture].map(wave);
  const x = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    for (const at of waves) x[i] += at(sineStarts[edition] + i);
    if (noise > 0) x[i] += noise * random.normal();
  }
  return { name: 'sine', length, columns: ['x'], values: { x } };
}

function wave({ amplitude = 1, period = 200 * Math.PI, phase = 0 }: SineComponent): (t: number) => number {
  return (t) => amplitude * Math.sin((2 * Math.PI * t) / period + phase);
}
