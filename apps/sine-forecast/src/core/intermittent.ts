/** Demand with more steps than this between two, on average, is intermittent (Syntetos, Boylan and Croston 2005). */
const longestInterval = 1.32;

/**
 * Whether a series is demand that is 0 much of the time. Croston's method and its kin are made for it. They forecast its mean, which squared
 * errors reward; absolute errors reward the median, which is 0.
 * @param values NaN where missing
 */
export function isIntermittent(values: Float64Array): boolean {
  const known = values.filter((value) => !Number.isNaN(value));
  const demands = known.reduce((count, value) => (value > 0 ? count + 1 : count), 0);
  // Two demands have an interval between them.
  return demands >= 2 && known.every((value) => value >= 0) && known.length / demands > longestInterval;
}
