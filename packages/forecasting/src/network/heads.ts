import { ArgumentError } from '@throughtime/errors';
import { normalQuantile, sampleStudent, studentQuantile } from '../numeric/distributions.js';
import { digamma, logGamma } from '../numeric/special-functions.js';
import type { Head, HeadOptions } from './head.js';
import { quantileHead } from './quantile-head.js';

/** @throws ArgumentError for an unknown kind or bad quantile levels */
export function createHead(options: HeadOptions): Head {
  if (options.kind === 'point') return pointHead;
  if (options.kind === 'gaussian') return gaussianHead;
  if (options.kind === 'student') return studentHead;
  if (options.kind === 'quantile') return quantileHead(options.levels);
  throw new ArgumentError('head.kind', 'point, gaussian, student or quantile', (options as HeadOptions).kind);
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

/** outputs: the mean, and s with standard deviation .001 + softplus(s) */
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

/** outputs: the location, s with scale .001 + softplus(s), and n with 2 + softplus(n) degrees of freedom */
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
