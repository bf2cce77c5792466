import { InvalidArgumentError } from 'commander';

/** What a sweep varies: one option, by its long name without dashes. */
export type Axis = ListAxis | RangeAxis;

/** Values as they are written on the command line. */
export interface ListAxis {
  readonly option: string;
  readonly values: readonly string[];
}

/** Numbers to draw from, both ends included. */
export interface RangeAxis {
  readonly option: string;
  readonly from: number;
  readonly to: number;
  /** Whether the logarithm is what is uniform: for learning rates and sizes. */
  readonly log: boolean;
  /** Whether whole numbers are drawn: where both ends are written as such. */
  readonly whole: boolean;
}

export function isRange(axis: Axis): axis is RangeAxis {
  return 'from' in axis;
}

const number = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
// linear: each part begins with what the one before cannot hold
const range = new RegExp(`^(log:)?(${number})\\.\\.(${number})$`, 'i');

/**
 * Reads `lr=0.002,0.004`, `hidden=64;64,32` (values that have commas themselves), `lr=log:0.001..0.1` or `hidden=64..512`.
 * @throws InvalidArgumentError, which commander reports under the option's name
 */
export function parseAxis(text: string): Axis {
  const [, option, values] = /^(?:--)?([a-z][a-z0-9-]*)=(.*)$/s.exec(text) ?? [];
  if (option === undefined || values === undefined)
    throw new InvalidArgumentError(`Expected an option and its values, say lr=0.002,0.004, got '${text}'.`);
  const ends = range.exec(values);
  if (ends) {
    const [, log, low, high] = ends;
    const [from, to] = [Number(low), Number(high)];
    if (!(from < to) || !Number.isFinite(to - from))
      throw new InvalidArgumentError(`Expected a range from a number to a larger one, got '${values}'.`);
    if (log !== undefined && from <= 0)
      throw new InvalidArgumentError(`Expected a logarithmic range to begin above 0, got '${values}'.`);
    const whole = [low, high].every((end) => /^[+-]?\d+$/.test(end));
    if (whole && ![from, to].every(Number.isSafeInteger))
      throw new InvalidArgumentError(`Expected whole numbers below 2^53, got '${values}'.`);
    return { option, from, to, log: log !== undefined, whole };
  }
  const listed = values.split(values.includes(';') ? ';' : ',').map((value) => value.trim());
  if (listed.includes(''))
    throw new InvalidArgumentError(`Expected values separated by commas, got '${values}' with an empty one.`);
  const twice = listed.find((value, i) => listed.indexOf(value) < i);
  if (twice !== undefined)
    throw new InvalidArgumentError(`Expected each value once, got '${twice}' twice in '${values}'.`);
  return { option, values: listed };
}
