import { ArgumentError, check, checkOptions, inWords, whole } from '@throughtime/errors';

/** Which ranks {@link fitZipf} fits. */
export interface ZipfOptions {
  /** The first rank that counts, from 1. Default 10: the few most frequent tokens lie off the line. */
  readonly firstRank?: number;
  /** The last rank that counts. Default 1000: beyond, counts are small whole numbers and form steps. Fewer tokens: all. */
  readonly lastRank?: number;
}

/** A straight line through the logarithms of ranks and frequencies. */
export interface ZipfFit {
  /** alpha in frequency = scale * rank^-alpha: 1 for Zipf's law. */
  readonly exponent: number;
  /** The frequency that the line has at rank 1. */
  readonly scale: number;
  /** The share of the log frequencies' variance that the line explains, at most 1. */
  readonly rSquared: number;
}

/** Counts are no frequencies: their method `frequencies()` gives these. */
const numbers = /* @__PURE__ */ check(
  'an array of numbers, as frequencies() of counts gives it',
  (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value),
);

/**
 * Fits Zipf's law by least squares of log frequency on log rank.
 * @param frequencies counts, highest first: `TokenCounts.frequencies()` or `NgramCounts.frequencies()`
 * @throws ArgumentError when fewer than two ranks are in range, or a count is not positive
 */
export function fitZipf(frequencies: ArrayLike<number>, options: ZipfOptions = {}): ZipfFit {
  checkOptions<ZipfOptions>(options, { firstRank: whole({ from: 1 }), lastRank: whole({ from: 1 }) });
  const { firstRank = 10, lastRank = 1000 } = options;
  numbers('frequencies', frequencies);
  const last = Math.min(lastRank, frequencies.length);
  const count = last - firstRank + 1;
  if (!(count >= 2)) {
    const expected = `at least two ranks from ${firstRank} to ${lastRank}`;
    throw new ArgumentError('frequencies', expected, inWords(`${frequencies.length} frequencies`));
  }
  const xs: number[] = [];
  const ys: number[] = [];
  for (let rank = firstRank; rank <= last; rank++) {
    const frequency = frequencies[rank - 1];
    if (!(frequency > 0)) throw new ArgumentError('frequencies', 'positive numbers', frequency);
    xs.push(Math.log(rank));
    ys.push(Math.log(frequency));
  }
  const meanX = mean(xs);
  const meanY = mean(ys);
  const xx = sum(xs, (x) => (x - meanX) ** 2);
  const xy = sum(xs, (x, i) => (x - meanX) * (ys[i] - meanY));
  const yy = sum(ys, (y) => (y - meanY) ** 2);
  const slope = xy / xx;
  // Equal frequencies lie on the line exactly.
  const rSquared = yy === 0 ? 1 : (xy * xy) / (xx * yy);
  return { exponent: -slope, scale: Math.exp(meanY - slope * meanX), rSquared };
}

function mean(values: readonly number[]): number {
  return sum(values, (value) => value) / values.length;
}

function sum(values: readonly number[], term: (value: number, i: number) => number): number {
  return values.reduce((total, value, i) => total + term(value, i), 0);
}
