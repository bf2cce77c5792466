import { LuDecomposition, Matrix } from 'ml-matrix';

/**
 * u_t = sum over k of ar[k - 1] u_(t - k) + e_t + sum over k of ma[k - 1] e_(t - k): products of the ordinary and the seasonal
 * polynomials, so that most entries of a seasonal one are 0.
 */
export interface Arma {
  readonly ar: Float64Array;
  readonly ma: Float64Array;
}

/** How well an ARMA process explains values. */
export interface ArmaErrors {
  /** The sum of the squared errors of each value's forecast, in units of the innovations' variance. */
  readonly squares: number;
  /** The sum of the logarithms of the forecasts' variances: 0 where all are the innovations'. */
  readonly logVariances: number;
  /** What is known after the last value: {@link stepState} has the forecasts from it. */
  readonly state: Float64Array;
}

/** (1 - ar B - ...) (1 - seasonal B^period - ...), both given and returned as weights of past values. */
export function timesSeasonal(
  plain: ArrayLike<number>,
  seasonal: ArrayLike<number>,
  period: number,
): Float64Array {
  const product = new Float64Array(plain.length + seasonal.length * period);
  product.set(plain);
  for (let k = 0; k < seasonal.length; k++) {
    const lag = (k + 1) * period;
    product[lag - 1] += seasonal[k];
    for (let i = 0; i < plain.length; i++) product[lag + i] -= seasonal[k] * plain[i];
  }
  return product;
}

/** Lags whose weight is not 0, from 1, and their weights. */
interface Sparse {
  readonly lags: Int32Array;
  readonly weights: Float64Array;
}

function sparse(weights: Float64Array): Sparse {
  const lags = Int32Array.from([...weights.keys()].filter((i) => weights[i] !== 0).map((i) => i + 1));
  return { lags, weights: Float64Array.from(lags, (lag) => weights[lag - 1]) };
}

function weightedPast(values: Float64Array, t: number, { lags, weights }: Sparse): number {
  let sum = 0;
  for (let k = 0; k < lags.length; k++) {
    const at = t - lags[k];
    if (at >= 0) sum += weights[k] * values[at];
  }
  return sum;
}

/**
 * The errors where all that came before the first value is 0, the mean: the conditional sum of squares (Box and Jenkins). Its cost is that
 * of the terms, however long the season.
 */
export function conditionalErrors(values: Float64Array, { ar, ma }: Arma): ArmaErrors {
  const [ofValues, ofErrors] = [sparse(ar), sparse(ma)];
  const errors = new Float64Array(values.length);
  let squares = 0;
  for (let t = 0; t < values.length; t++) {
    const error = values[t] - weightedPast(values, t, ofValues) - weightedPast(errors, t, ofErrors);
    errors[t] = error;
    squares += error * error;
  }
  return { squares, logVariances: 0, state: stateAfter(values, errors, { ar, ma }) };
}

/** The state of {@link exactErrors} from past values and errors: what each says of the step i ahead. */
function stateAfter(values: Float64Array, errors: Float64Array, arma: Arma): Float64Array {
  const n = values.length;
  return Float64Array.from({ length: stateSize(arma) }, (_, i) => {
    let sum = 0;
    for (let k = i + 1; k <= arma.ar.length && k - i <= n; k++) sum += arma.ar[k - 1] * values[n - (k - i)];
    for (let k = i + 1; k <= arma.ma.length && k - i <= n; k++) sum += arma.ma[k - 1] * errors[n - (k - i)];
    return sum;
  });
}

/** Entries of the state: enough for the longest lag. */
export function stateSize({ ar, ma }: Arma): number {
  return Math.max(ar.length, ma.length + 1);
}

/** When the variances of the forecasts are the innovations' to this, they stay so. */
const settled = 1e-12;

/**
 * The errors by the Kalman filter, from the stationary distribution of what came before (Gardner, Harvey and Phillips 1980; Durbin and
 * Koopman 2012, 3.4): with them the likelihood is exact. Its cost is the square of the longest lag for each value, until the variances
 * have settled.
 * @param arma stationary
 */
export function exactErrors(values: Float64Array, arma: Arma): ArmaErrors {
  const size = stateSize(arma);
  const [ar, ma] = [padded(arma.ar, size), impulse(arma, size)];
  const state = new Float64Array(size);
  const covariance = stationaryCovariance(arma); // [size, size], of the state before each value
  const gain = new Float64Array(size);
  let [squares, logVariances, isSettled] = [0, 0, false];
  for (const value of values) {
    const variance = isSettled ? 1 : covariance[0];
    const error = value - state[0];
    squares += (error * error) / variance;
    logVariances += Math.log(variance);
    if (!isSettled) {
      // What the error says of each entry one step later.
      for (let i = 0; i < size; i++)
        gain[i] = (ar[i] * covariance[0] + (i + 1 < size ? covariance[(i + 1) * size] : 0)) / variance;
    }
    const first = state[0];
    for (let i = 0; i < size; i++)
      state[i] = ar[i] * first + (i + 1 < size ? state[i + 1] : 0) + gain[i] * error;
    if (!isSettled) {
      isSettled = nextCovariance(covariance, { ar, ma, gain, variance });
      // From here on an error is the innovation, which each entry takes as the process does.
      if (isSettled) for (let i = 0; i < size; i++) gain[i] = ar[i] + (i + 1 < size ? ma[i + 1] : 0);
    }
  }
  return { squares, logVariances, state };
}

interface Update {
  readonly ar: Float64Array;
  readonly ma: Float64Array;
  readonly gain: Float64Array;
  readonly variance: number;
}

/** T P T' + R R' - F gain gain', in place; whether it is R R' now. */
function nextCovariance(covariance: Float64Array, { ar, ma, gain, variance }: Update): boolean {
  const size = ar.length;
  const first = covariance[0];
  const top = covariance.slice(0, size);
  let farthest = 0;
  for (let i = 0; i < size; i++) {
    const below = i + 1 < size;
    for (let j = i; j < size; j++) {
      const right = j + 1 < size;
      const noise = ma[i] * ma[j];
      const next =
        ar[i] * ar[j] * first +
        (right ? ar[i] * top[j + 1] : 0) +
        (below ? ar[j] * top[i + 1] : 0) +
        (below && right ? covariance[(i + 1) * size + j + 1] : 0) -
        variance * gain[i] * gain[j];
      farthest = Math.max(farthest, Math.abs(next));
      // Row i + 1 is read before it is written, and the lower half of row i is never read again but in column 0.
      covariance[i * size + j] = next + noise;
      if (i === 0) covariance[j * size] = next + noise;
    }
  }
  return farthest < settled;
}

/** One step of the process: its value is the state's first entry, and the state moves on. @param innovation e_t */
export function stepState(state: Float64Array, { ar, ma }: Arma, innovation: number): number {
  const value = state[0] + innovation;
  const size = state.length;
  for (let i = 0; i < size; i++)
    state[i] = (i + 1 < size ? state[i + 1] : 0) + (ar[i] ?? 0) * value + (ma[i] ?? 0) * innovation;
  return value;
}

/** The weights of past innovations in a value, 1 for the newest: [length]. */
export function impulseResponse({ ar, ma }: Arma, length: number): Float64Array {
  const state = new Float64Array(stateSize({ ar, ma }));
  return Float64Array.from({ length }, (_, t) => stepState(state, { ar, ma }, t === 0 ? 1 : 0));
}

function padded(weights: Float64Array, size: number): Float64Array {
  const all = new Float64Array(size);
  all.set(weights);
  return all;
}

/** R: 1, then the moving average. [size] */
function impulse({ ma }: Arma, size: number): Float64Array {
  const all = new Float64Array(size);
  all[0] = 1;
  all.set(ma, 1);
  return all;
}

/**
 * The covariance of the state of a stationary process whose innovations have variance 1. Its first row follows from the autocovariances
 * and the impulse response, the others from P = T P T' + R R' along the diagonals.
 */
function stationaryCovariance(arma: Arma): Float64Array {
  const size = stateSize(arma);
  const [ar, ma] = [padded(arma.ar, size), impulse(arma, size)];
  const response = impulseResponse(arma, size + 1);
  const autocovariance = autocovariances(arma, response);
  const covariance = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    let sum = 0;
    if (j === 0) sum = autocovariance[0];
    else {
      for (let k = j; k < size; k++) sum += ar[k] * autocovariance[k + 1 - j] + ma[k] * response[k - j];
    }
    covariance[j] = sum;
  }
  const row = covariance.slice(0, size);
  for (let i = size - 1; i >= 1; i--) {
    for (let j = size - 1; j >= 1; j--) {
      covariance[i * size + j] =
        ar[i] * ar[j] * row[0] +
        (j + 1 < size ? ar[i] * row[j + 1] : 0) +
        (i + 1 < size ? ar[j] * row[i + 1] : 0) +
        (i + 1 < size && j + 1 < size ? covariance[(i + 1) * size + j + 1] : 0) +
        ma[i] * ma[j];
    }
    covariance[i * size] = row[i];
  }
  return covariance;
}

/** From lag 0 to the size of the state, by the Yule-Walker equations. */
function autocovariances({ ar, ma }: Arma, response: Float64Array): Float64Array {
  const size = stateSize({ ar, ma });
  const order = ar.length;
  const right = Array.from({ length: size + 1 }, (_, lag) => {
    let sum = lag === 0 ? 1 : 0;
    for (let k = Math.max(1, lag); k <= ma.length; k++) sum += ma[k - 1] * response[k - lag];
    return sum;
  });
  const equations = Matrix.eye(order + 1);
  for (let lag = 0; lag <= order; lag++)
    for (let k = 1; k <= order; k++) {
      const column = Math.abs(lag - k);
      equations.set(lag, column, equations.get(lag, column) - ar[k - 1]);
    }
  const found = new LuDecomposition(equations).solve(Matrix.columnVector(right.slice(0, order + 1)));
  const result = new Float64Array(size + 1);
  for (let lag = 0; lag <= size; lag++) {
    if (lag <= order) result[lag] = found.get(lag, 0);
    else {
      let sum = right[lag];
      for (let k = 1; k <= order; k++) sum += ar[k - 1] * result[lag - k];
      result[lag] = sum;
    }
  }
  return result;
}
