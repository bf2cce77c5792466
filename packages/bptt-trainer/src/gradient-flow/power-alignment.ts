import { apply, type Matrix, norm } from './matrix.js';

/** What repeated multiplication by a matrix does to a vector. */
export interface PowerAlignment {
  /** |M^k x| for k = 0 ... steps: grows or falls by the leading eigenvalue each step, once aligned. */
  readonly norms: readonly number[];
  /** |cos| of the angle between M^k x and M^(k+1) x: 1 where x is an eigenvector. */
  readonly alignment: readonly number[];
}

/**
 * Multiplies a vector by a matrix again and again: M^k x turns towards the leading eigenvector, which is why a gradient carried
 * over many steps holds one direction, ever larger or smaller. (With a leading pair of complex eigenvalues it goes round
 * instead.)
 */
export function powerAlignment(m: Matrix, x: ArrayLike<number>, steps: number): PowerAlignment {
  let direction: Float64Array = Float64Array.from(x);
  let length = norm(direction);
  const norms = [length];
  const alignment: number[] = [];
  for (let k = 0; k < steps; k++) {
    const unit = direction.map((value) => value / (norm(direction) || 1));
    const next = apply(m, unit);
    const stretch = norm(next);
    length *= stretch;
    norms.push(length);
    alignment.push(
      stretch === 0 ? 0 : Math.abs(next.reduce((sum, value, i) => sum + value * unit[i], 0)) / stretch,
    );
    direction = next;
  }
  return { norms, alignment };
}
