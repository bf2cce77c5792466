import { boolean, type OptionChecks, required, whole } from '@throughtime/errors';

/** ARIMA(p, d, q)(P, D, Q)[period], as Box and Jenkins name it. */
export interface ArimaOrder {
  /** Autoregressive terms. */
  readonly p: number;
  /** Differences of one step. */
  readonly d: number;
  /** Moving average terms. */
  readonly q: number;
  /** Seasonal autoregressive terms. */
  readonly P: number;
  /** Differences of one season. */
  readonly D: number;
  /** Seasonal moving average terms. */
  readonly Q: number;
  /** Steps of a season; 1 where P, D and Q are 0. */
  readonly period: number;
  /** Whether the differenced series has a mean of its own: a mean without differences, a drift after one. */
  readonly constant: boolean;
}

const count = required(whole({ from: 0, to: 100 }));

export const arimaOrderChecks: OptionChecks<ArimaOrder> = {
  ...{ p: count, d: count, q: count, P: count, D: count, Q: count },
  period: required(whole({ from: 1 })),
  constant: required(boolean),
};

/** The order as R and the literature write it: 'arima(2,1,1)(0,1,1)[12]', with 'mean' or 'drift' where there is a constant. */
export function formatOrder({ p, d, q, P, D, Q, period, constant }: ArimaOrder): string {
  const seasonal = P + D + Q > 0 ? `(${P},${D},${Q})[${period}]` : '';
  const own = constant ? (d + D === 0 ? ' with mean' : ' with drift') : '';
  return `arima(${p},${d},${q})${seasonal}${own}`;
}

/** The values that are lost by differencing. */
export function lostBy({ d, D, period }: Pick<ArimaOrder, 'd' | 'D' | 'period'>): number {
  return d + D * period;
}

/**
 * The differences as a polynomial: w_t = y_t - sum over k of weights[k - 1] y_(t - k).
 * @returns [d + D period]
 */
export function differenceWeights({ d, D, period }: Pick<ArimaOrder, 'd' | 'D' | 'period'>): Float64Array {
  let polynomial = Float64Array.of(1);
  for (let i = 0; i < d; i++) polynomial = timesDifference(polynomial, 1);
  for (let i = 0; i < D; i++) polynomial = timesDifference(polynomial, period);
  return polynomial.subarray(1).map((weight) => -weight);
}

/** (1 - B^lag) times a polynomial of the shift B. */
function timesDifference(polynomial: Float64Array, lag: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(polynomial.length + lag);
  polynomial.forEach((weight, i) => {
    product[i] += weight;
    product[i + lag] -= weight;
  });
  return product;
}

/** The series after its differences, [n - d - D period]. */
export function differenced(
  values: Float64Array,
  order: Pick<ArimaOrder, 'd' | 'D' | 'period'>,
): Float64Array {
  let stage = values;
  // Seasonal ones first, as R does: the result is the same but for rounding.
  for (let i = 0; i < order.D; i++) stage = changes(stage, order.period);
  for (let i = 0; i < order.d; i++) stage = changes(stage, 1);
  return stage;
}

function changes(values: Float64Array, lag: number): Float64Array {
  return values.subarray(lag).map((value, t) => value - values[t]);
}
