/** A smoother's window: how many neighbors count, and the degree of the polynomial through them. */
export interface LoessOptions {
  /** Neighbors that count, an odd number. With more than there are values the weights are flatter. */
  readonly window: number;
  /** 0: a weighted mean; 1: a weighted line. */
  readonly degree: 0 | 1;
}

/**
 * Local regression at one place (Cleveland, Cleveland, McRae and Terpenning 1990): values near `at` weigh (1 - (distance / reach)^3)^3.
 * @param at where, in steps from the first value; may lie outside
 */
export function loessAt(values: Float64Array, at: number, { window, degree }: LoessOptions): number {
  const n = values.length;
  const left = Math.max(0, Math.min(n - window, Math.round(at) - (window - 1) / 2));
  const right = Math.min(n - 1, left + window - 1);
  let reach = Math.max(at - left, right - at);
  if (window > n) reach += Math.floor((window - n) / 2);
  // Weights of those at the very edge are left out, and those at the center are 1, as the authors' program has it.
  const [near, far] = [0.001 * reach, 0.999 * reach];
  let [sum, center, mean] = [0, 0, 0];
  for (let i = left; i <= right; i++) {
    const weight = weightOf(Math.abs(i - at));
    sum += weight;
    center += weight * i;
    mean += weight * values[i];
  }
  if (sum === 0) return values[Math.max(0, Math.min(n - 1, Math.round(at)))];
  center /= sum;
  mean /= sum;
  if (degree === 0) return mean;
  let [spread, slope] = [0, 0];
  for (let i = left; i <= right; i++) {
    const weight = weightOf(Math.abs(i - at)) / sum;
    spread += weight * (i - center) ** 2;
    slope += weight * (i - center) * values[i];
  }
  // Neighbors at one place have no slope.
  return Math.sqrt(spread) > 0.001 * (n - 1) ? mean + (slope / spread) * (at - center) : mean;

  function weightOf(distance: number): number {
    if (distance > far) return 0;
    return distance <= near ? 1 : (1 - (distance / reach) ** 3) ** 3;
  }
}

/** Local regression at every value. */
export function loess(values: Float64Array, options: LoessOptions): Float64Array {
  return values.map((_, at) => loessAt(values, at, options));
}
