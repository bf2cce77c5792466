import {
  ArgumentError,
  type Check,
  checkOptions,
  list,
  number,
  oneOf,
  required,
  withExpected,
} from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { normalQuantile, sampleStudent, studentQuantile } from '../numeric/distributions.js';
import { digamma, logGamma } from '../numeric/special-functions.js';

/**
 * What the outputs of a network mean: `size` numbers per predicted value, and the loss that trains them. Targets and
 * results are in the scaled units that the network works in.
 */
export interface Head {
  readonly kind: HeadOptions['kind'];
  /** Outputs per predicted value: 1 for a point, 2 for a normal distribution's mean and scale. */
  readonly size: number;
  /** The loss of one predicted value; adds nothing, writes its gradient into `gradient[at..at + size)`. */
  lossAndGradient(outputs: Float32Array, at: number, target: number, gradient: Float32Array): number;
  /** The point forecast. */
  point(outputs: Float32Array, at: number): number;
  /** Absent where the head gives points only. */
  readonly distribution?: HeadDistribution;
}

interface HeadDistribution {
  quantile(outputs: Float32Array, at: number, level: number): number;
  sample(outputs: Float32Array, at: number, random: Random): number;
}

/**
 * - `point`: squared error; forecasts the mean
 * - `gaussian`: negative log-likelihood of a normal distribution
 * - `student`: of Student's t, whose tails survive outliers
 * - `quantile`: the pinball loss at each level; the point forecast is the median
 */
export type HeadOptions =
  | { readonly kind: 'point' }
  | { readonly kind: 'gaussian' }
  | { readonly kind: 'student' }
  | {
      readonly kind: 'quantile';
      /** Increasing, 0.5 among them. Default: 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, for 50, 80 and 90% intervals. */
      readonly levels?: readonly number[];
    };

const kinds = ['point', 'gaussian', 'student', 'quantile'] as const;
const checks = { kind: required(oneOf(kinds)) };
const expectedLevels = 'increasing levels between 0 and 1, 0.5 among them';
/** The check of quantile levels. */
export const increasingLevels: Check<readonly number[]> = withExpected(expectedLevels, (argument, value) => {
  const levels = list(number({ above: 0, below: 1 }))(argument, value);
  const isIncreasing = levels.every((level, i) => i === 0 || level > levels[i - 1]);
  if (!isIncreasing || !levels.includes(0.5)) throw new ArgumentError(argument, expectedLevels, value);
  return levels;
});

/** The check of an option that must be {@link HeadOptions}. */
export const headCheck: Check<HeadOptions> = withExpected(
  "a head such as { kind: 'gaussian' }",
  (argument, value) => {
    // Only quantile heads have levels.
    const isQuantile = (value as { kind?: unknown } | null | undefined)?.kind === 'quantile';
    if (isQuantile)
      checkOptions<{ kind: string; levels?: readonly number[] }>(
        value,
        { ...checks, levels: increasingLevels },
        argument,
      );
    else checkOptions<{ kind: string }>(value, checks, argument);
    return value as HeadOptions;
  },
);

/** @param options checked by {@link headCheck} */
export function createHead(options: HeadOptions): Head {
  switch (options.kind) {
    case 'point':
      return pointHead;
    case 'gaussian':
      return gaussianHead;
    case 'student':
      return studentHead;
    case 'quantile':
      return quantileHead(options.levels);
  }
}

export interface HeadLoss {
  /** Mean over the predictions that count; 0 where none does. */
  readonly loss: number;
  readonly predictions: number;
  /** Of the mean loss, [n, head.size]; 0 where the target is missing. */
  readonly gradient: Float32Array;
}

/**
 * The loss of n predictions.
 * @param outputs [n, head.size]
 * @param targets [n], NaN where missing: such a prediction does not count
 */
export function headLoss(head: Head, outputs: Float32Array, targets: Float32Array): HeadLoss {
  const gradient = new Float32Array(outputs.length);
  let sum = 0;
  let predictions = 0;
  for (let i = 0; i < targets.length; i++) {
    if (Number.isNaN(targets[i])) continue;
    sum += head.lossAndGradient(outputs, i * head.size, targets[i], gradient);
    predictions++;
  }
  if (predictions === 0) return { loss: 0, predictions, gradient };
  for (let i = 0; i < gradient.length; i++) gradient[i] /= predictions;
  return { loss: sum / predictions, predictions, gradient };
}

const pointHead: Head = {
  kind: 'point',
  size: 1,
  lossAndGradient(outputs, at, target, gradient) {
    const error = outputs[at] - target;
    gradient[at] = 2 * error;
    return error * error;
  },
  point: (outputs, at) => outputs[at],
};

/** A scale that reaches zero makes the likelihood infinite: in scaled units, a thousandth of the spread is enough. */
const smallestScale = 1e-3;
const softplus = (x: number) => (x > 30 ? x : Math.log1p(Math.exp(x)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const scaleOf = (raw: number) => smallestScale + softplus(raw);

/** outputs: the mean, and s with standard deviation 0.001 + softplus(s) */
const gaussianHead: Head = {
  kind: 'gaussian',
  size: 2,
  lossAndGradient(outputs, at, target, gradient) {
    const scale = scaleOf(outputs[at + 1]);
    const z = (target - outputs[at]) / scale;
    gradient[at] = -z / scale;
    gradient[at + 1] = ((1 - z * z) / scale) * sigmoid(outputs[at + 1]);
    return 0.5 * Math.log(2 * Math.PI) + Math.log(scale) + 0.5 * z * z;
  },
  point: (outputs, at) => outputs[at],
  distribution: {
    quantile: (outputs, at, level) => outputs[at] + scaleOf(outputs[at + 1]) * normalQuantile(level),
    sample: (outputs, at, random) => outputs[at] + scaleOf(outputs[at + 1]) * random.normal(),
  },
};

/** More than two degrees of freedom, so that a variance exists. */
const freedomOf = (raw: number) => 2 + softplus(raw) + 1e-3;

/** outputs: the location, s with scale 0.001 + softplus(s), and n with 2 + softplus(n) degrees of freedom */
const studentHead: Head = {
  kind: 'student',
  size: 3,
  lossAndGradient(outputs, at, target, gradient) {
    const scale = scaleOf(outputs[at + 1]);
    const freedom = freedomOf(outputs[at + 2]);
    const z = (target - outputs[at]) / scale;
    const inner = 1 + (z * z) / freedom;
    const pull = ((freedom + 1) * z) / (freedom * inner); // -d log density / dz
    const byFreedom =
      0.5 *
      (digamma(freedom / 2) -
        digamma((freedom + 1) / 2) +
        1 / freedom +
        Math.log(inner) -
        ((freedom + 1) * z * z) / (freedom * freedom * inner));
    gradient[at] = -pull / scale;
    gradient[at + 1] = ((1 - pull * z) / scale) * sigmoid(outputs[at + 1]);
    gradient[at + 2] = byFreedom * sigmoid(outputs[at + 2]);
    return (
      logGamma(freedom / 2) -
      logGamma((freedom + 1) / 2) +
      0.5 * Math.log(freedom * Math.PI) +
      Math.log(scale) +
      ((freedom + 1) / 2) * Math.log(inner)
    );
  },
  point: (outputs, at) => outputs[at],
  distribution: {
    quantile: (outputs, at, level) =>
      outputs[at] + scaleOf(outputs[at + 1]) * studentQuantile(level, freedomOf(outputs[at + 2])),
    sample: (outputs, at, random) =>
      outputs[at] + scaleOf(outputs[at + 1]) * sampleStudent(freedomOf(outputs[at + 2]), random),
  },
};

/** The levels of a quantile head that names none. */
export const defaultLevels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/** One output per level, trained by the pinball loss, averaged over the levels. */
function quantileHead(levels: readonly number[] = defaultLevels): Head {
  const size = levels.length;
  const median = levels.indexOf(0.5);

  /** Outputs of neighboring levels may cross, as nothing in the loss forbids it: sorting never increases the loss. */
  const sorted = (outputs: Float32Array, at: number) => outputs.slice(at, at + size).sort();

  /** Linear between levels; beyond the outermost, along the line of the last two. */
  const interpolate = (values: Float32Array, level: number) => {
    if (size === 1) return values[0];
    let right = levels.findIndex((known) => known >= level);
    if (right < 0) right = size - 1;
    right = Math.max(1, right);
    const share = (level - levels[right - 1]) / (levels[right] - levels[right - 1]);
    return values[right - 1] + share * (values[right] - values[right - 1]);
  };

  return {
    kind: 'quantile',
    size,
    lossAndGradient(outputs, at, target, gradient) {
      let loss = 0;
      for (let i = 0; i < size; i++) {
        const error = target - outputs[at + i];
        loss += Math.max(levels[i] * error, (levels[i] - 1) * error) / size;
        gradient[at + i] = (error > 0 ? -levels[i] : 1 - levels[i]) / size;
      }
      return loss;
    },
    point: (outputs, at) => sorted(outputs, at)[median],
    distribution: {
      quantile: (outputs, at, level) => interpolate(sorted(outputs, at), level),
      sample: (outputs, at, random) => interpolate(sorted(outputs, at), random.uniform()),
    },
  };
}
