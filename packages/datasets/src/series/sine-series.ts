import { ArgumentError, whole } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import type { Series } from './series.js';

/** One wave of a mixture: `amplitude * sin(2 pi t / period + phase)`. */
export interface SineComponent {
  /** Default 1. */
  readonly amplitude?: number;
  /** In steps. Default 200 pi, which is sin(0.01 t). */
  readonly period?: number;
  /** In radians. Default 0. */
  readonly phase?: number;
}

export interface SineSeriesOptions extends SineComponent {
  /** Draws the noise, one normal a step. */
  readonly random: Random;
  /** Observations. Default 1000, as in the chapter. */
  readonly length?: number;
  /** Standard deviation of the noise. Default 0.2, as in the chapter; 0 draws nothing. */
  readonly noise?: number;
  /**
   * The chapter's edition, which decides where t starts: 0 in 0.6 and 0.7, 1 from 0.14 on. Default '1.0'.
   */
  readonly edition?: '0.6' | '0.7' | '0.14' | '0.15' | '0.16' | '0.17' | '1.0';
  /** Further waves, added to the first. Default none. */
  readonly mixture?: readonly SineComponent[];
}

/**
 * The chapter's made-up series: x_t = sin(0.01 t) + N(0, 0.2), t = 1..1000 (Dive into Deep Learning, "Sequence Models").
 * Its one column is `x`. No forecast of it can have a mean squared error below noise^2, 0.04 by default.
 * @throws ArgumentError
 */
export function sineSeries({
  random,
  length = 1000,
  noise = 0.2,
  edition = '1.0',
  mixture = [],
  ...main
}: SineSeriesOptions): Series {
  whole({ from: 1 })('length', length);
  if (!(noise >= 0) || !Number.isFinite(noise)) {
    throw new ArgumentError('noise', 'a standard deviation of at least 0', noise);
  }
  const first = firstStep(edition);
  const waves = [wave('', main), ...mixture.map((component, i) => wave(`mixture[${i}].`, component))];
  const x = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    for (const at of waves) x[i] += at(first + i);
    if (noise > 0) x[i] += noise * random.normal();
  }
  return { name: 'sine', length, columns: ['x'], values: { x } };
}

const firstSteps: Readonly<Record<string, number>> = {
  '0.6': 0,
  '0.7': 0,
  '0.14': 1,
  '0.15': 1,
  '0.16': 1,
  '0.17': 1,
  '1.0': 1,
};

function firstStep(edition: string): number {
  const first = Object.hasOwn(firstSteps, edition) ? firstSteps[edition] : undefined;
  if (first === undefined) {
    throw new ArgumentError('edition', `one of ${Object.keys(firstSteps).join(', ')}`, edition);
  }
  return first;
}

function wave(
  prefix: string,
  { amplitude = 1, period = 200 * Math.PI, phase = 0 }: SineComponent,
): (t: number) => number {
  for (const [name, value] of Object.entries({ amplitude, phase })) {
    if (!Number.isFinite(value)) throw new ArgumentError(prefix + name, 'a finite number', value);
  }
  if (!(period > 0) || !Number.isFinite(period)) {
    throw new ArgumentError(`${prefix}period`, 'a positive number of steps', period);
  }
  return (t) => amplitude * Math.sin((2 * Math.PI * t) / period + phase);
}
