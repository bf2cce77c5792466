import type { Parameter } from '@throughtime/contract';
import { NonFiniteGradientError, NonFiniteWeightError } from '../errors.js';

/**
 * The error that names the gradient with NaN or an infinity. When each element is finite, it names the largest: the squares
 * overflowed.
 */
export function nonFiniteGradient(parameters: readonly Parameter[], step: number): NonFiniteGradientError {
  let largest = { name: '', value: 0 };
  for (const { name, gradient } of parameters) {
    for (const value of gradient) {
      if (!Number.isFinite(value)) return new NonFiniteGradientError(step, name, value);
      if (Math.abs(value) > Math.abs(largest.value)) largest = { name, value };
    }
  }
  return new NonFiniteGradientError(step, largest.name, largest.value);
}

/** @throws NonFiniteWeightError when a weight is NaN or infinite */
export function requireFiniteWeights(parameters: readonly Parameter[], step: number): void {
  for (const { name, data } of parameters) {
    for (let i = 0; i < data.length; i++) {
      if (!Number.isFinite(data[i])) throw new NonFiniteWeightError(step, name, data[i]);
    }
  }
}
