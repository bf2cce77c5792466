import { type Awaitable, type AwaitableSteps, ready, runSteps } from '@throughtime/contract';
import { abortSignal, callback, checkOptions, number, type OptionChecks, whole } from '@throughtime/errors';

/** A function to minimize, and its gradient written into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** The same for a function whose value may come later. */
export type AwaitableObjective = (point: Float64Array, gradient: Float64Array) => Awaitable<number>;

/** When the search ends. */
export interface LbfgsOptions {
  /** Default 200. */
  readonly maxIterations?: number;
  /** Stops when no entry of the gradient exceeds this. Default 1e-6. */
  readonly gradientTolerance?: number;
  /** Stops when an iteration lowers the value by less than this share of it. Default 1e-10. */
  readonly valueTolerance?: number;
  /** How many pairs of steps and gradient changes are remembered. Default 10; more hardly help. */
  readonly memory?: number;
  /** Stops between iterations with the signal's reason. Default: nothing stops it. */
  readonly signal?: AbortSignal | undefined;
  /** Told the value after each iteration, counted from 1. Default: nobody. */
  readonly onIteration?: (iteration: number, value: number) => void;
}

const checks: OptionChecks<LbfgsOptions> = {
  maxIterations: whole({ from: 0 }),
  gradientTolerance: number({ from: 0 }),
  valueTolerance: number({ from: 0 }),
  memory: whole({ from: 1 }),
  signal: abortSignal,
  onIteration: callback,
};

/** Where the search ended. */
export interface Minimum {
  /** The point with the lowest value. */
  readonly point: Float64Array;
  /** The value there. */
  readonly value: number;
  /** How many iterations were made. */
  readonly iterations: number;
  /** Whether a tolerance was met. False if the iterations ran out or the line search failed. */
  readonly converged: boolean;
}

interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/**
 * Limited-memory BFGS with a line search for the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization,
 * algorithms 7.4, 3.5 and 3.6): for smooth problems of up to some thousands of unknowns whose whole gradient is cheap.
 */
export function minimize(objective: Objective, start: ArrayLike<number>, options?: LbfgsOptions): Minimum;
export function minimize(
  objective: AwaitableObjective,
  start: ArrayLike<number>,
  options?: LbfgsOptions,
): Awaitable<Minimum>;
export function minimize(
  objective: AwaitableObjective,
  start: ArrayLike<number>,
  options: LbfgsOptions = {},
): Awaitable<Minimum> {
  checkOptions<LbfgsOptions>(options, checks);
  return runSteps(descend(objective, start, options));
}

function* descend(
  objective: AwaitableObjective,
  start: ArrayLike<number>,
  options: LbfgsOptions,
): AwaitableSteps<Minimum> {
  const { maxIterations = 200, gradientTolerance = 1e-6, valueTolerance = 1e-10, memory = 10 } = options;
  let point: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(point.length);
  let value = yield* ready(objective(point, gradient));
  const corrections: Correction[] = [];
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    if (largest(gradient) <= gradientTolerance)
      return { point, value, iterations: iteration - 1, converged: true };
    if (options.signal?.aborted) return { point, value, iterations: iteration - 1, converged: false };
    const direction = descentDirection(gradient, corrections);
    const initial = corrections.length === 0 ? Math.min(1, 1 / largest(gradient)) : 1;
    const found = yield* lineSearch(objective, { point, value, gradient, direction, initial });
    if (found === undefined) {
      // The remembered curvature may mislead: forget it, and give up if steepest descent fails too.
      if (corrections.length === 0) return { point, value, iterations: iteration - 1, converged: false };
      corrections.length = 0;
      continue;
    }
    const step = subtract(found.point, point);
    const change = subtract(found.gradient, gradient);
    const curvature = product(step, change);
    if (curvature > 1e-10 * product(change, change)) corrections.push({ step, change, curvature });
    if (corrections.length > memory) corrections.shift();
    const improvement = value - found.value;
    ({ point, value, gradient } = found);
    options.onIteration?.(iteration, value);
    if (improvement <= valueTolerance * Math.max(1, Math.abs(value))) {
      return { point, value, iterations: iteration, converged: true };
    }
  }
  return { point, value, iterations: maxIterations, converged: false };
}

/** - H gradient, with H the inverse Hessian that the corrections imply (the two-loop recursion). */
function descentDirection(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
  const direction = gradient.map((entry) => -entry);
  const weights = new Float64Array(corrections.length);
  for (let i = corrections.length - 1; i >= 0; i--) {
    const { step, change, curvature } = corrections[i];
    weights[i] = product(step, direction) / curvature;
    addScaled(direction, change, -weights[i]);
  }
  const newest = corrections.at(-1);
  if (newest !== undefined) {
    const scale = newest.curvature / product(newest.change, newest.change);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  corrections.forEach(({ step, change, curvature }, i) => {
    addScaled(direction, step, weights[i] - product(change, direction) / curvature);
  });
  return direction;
}

interface Evaluated {
  readonly length: number;
  readonly point: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly slope: number;
}

interface Line {
  readonly point: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly direction: Float64Array;
  readonly initial: number;
}

/** A step that lowers the value enough and flattens the slope enough; undefined if none is found. */
function* lineSearch(objective: AwaitableObjective, line: Line): AwaitableSteps<Evaluated | undefined> {
  const slope = product(line.gradient, line.direction);
  if (!(slope < 0)) return undefined;
  function* evaluate(length: number): AwaitableSteps<Evaluated> {
    const point = line.point.slice();
    addScaled(point, line.direction, length);
    const gradient = new Float64Array(point.length);
    const value = yield* ready(objective(point, gradient));
    return { length, point, value, gradient, slope: product(gradient, line.direction) };
  }
  const lowersEnough = (at: Evaluated) => at.value <= line.value + 1e-4 * at.length * slope;
  const flatEnough = (at: Evaluated) => Math.abs(at.slope) <= -0.9 * slope;
  let low: Evaluated = { ...line, length: 0, slope };
  let high: Evaluated | undefined;
  let length = line.initial;
  for (let tries = 0; tries < 50; tries++) {
    const at = yield* evaluate(length);
    if (!Number.isFinite(at.value) || !lowersEnough(at) || at.value >= low.value) {
      high = at;
    } else {
      if (flatEnough(at)) return at;
      const towardsLow = high === undefined ? at.slope >= 0 : at.slope * (high.length - low.length) >= 0;
      if (towardsLow) high = low;
      low = at;
    }
    length = high === undefined ? 2 * at.length : interpolated(low, high);
    if (high !== undefined && Math.abs(high.length - low.length) < 1e-14 * Math.max(1, length)) break;
  }
  // Rounding can hide the second condition; a step that lowers the value is still worth taking.
  return low.length > 0 ? low : undefined;
}

/** The minimum of the parabola through both ends, kept away from them. */
function interpolated(low: Evaluated, high: Evaluated): number {
  const width = high.length - low.length;
  const bend = high.value - low.value - low.slope * width;
  const parabola = low.length - (low.slope * width * width) / (2 * bend);
  const [left, right] = [low.length + 0.1 * width, low.length + 0.9 * width];
  const inside = (parabola - left) * (parabola - right) <= 0;
  return inside ? parabola : low.length + 0.5 * width;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(to: Float64Array, what: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] += scale * what[i];
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, i) => entry - b[i]);
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
