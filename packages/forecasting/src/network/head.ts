import type { Random } from '@throughtime/random';

/**
 * What the outputs of a network mean: `size` numbers a predicted value, and the loss that trains them. Targets and
 * results are in the scaled units that the network works in.
 */
export interface Head {
  readonly kind: HeadOptions['kind'];
  /** Outputs a predicted value: 1 for a point, 2 for a normal distribution's mean and scale. */
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
      /** Increasing, 0.5 among them. Default: .05, .1, .25, .5, .75, .9, .95, for 50, 80 and 90% intervals. */
      readonly levels?: readonly number[];
    };
