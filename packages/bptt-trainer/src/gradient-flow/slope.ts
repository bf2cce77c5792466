/** The least-squares slope of log(values[k]) over k, for k in [from, values.length). */
export function logSlope(values: ArrayLike<number>, from = 0): number {
  const count = values.length - from;
  const meanAt = from + (count - 1) / 2;
  let covariance = 0;
  let variance = 0;
  for (let k = from; k < values.length; k++) {
    covariance += (k - meanAt) * Math.log(values[k]);
    variance += (k - meanAt) ** 2;
  }
  return covariance / variance;
}
