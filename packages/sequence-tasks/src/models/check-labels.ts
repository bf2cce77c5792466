import { ArgumentError } from '@throughtime/errors';

/**
 * @param weights which of them count
 * @throws ArgumentError for one that counts and is not from 0 to `classes` - 1, or where there are not as many as weights
 */
export function checkLabels(targets: Int32Array, weights: Float32Array, classes: number): void {
  if (targets.length !== weights.length) {
    throw new ArgumentError('targets.length', `${weights.length}, one per prediction`, targets.length);
  }
  const at = targets.findIndex((target, i) => weights[i] > 0 && (target < 0 || target >= classes));
  if (at >= 0) throw new ArgumentError(`targets[${at}]`, `a class from 0 to ${classes - 1}`, targets[at]);
}
