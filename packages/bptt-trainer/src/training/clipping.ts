import type { OptimizerBackend, Parameter } from '@throughtime/contract';
import { requireNumber } from '../errors.js';

export interface ClippingOptions {
  /** Scales all gradients by clipNorm / norm where their common norm is above it. Default: off. */
  readonly clipNorm?: number;
  /** Limits each element to [-clipValue, clipValue], before the norm is clipped. Default: off. */
  readonly clipValue?: number;
}

export interface Clipped {
  /** Norm of the gradients as the model gave them. */
  readonly before: number;
  /** Norm of the gradients as the optimiser is to see them. */
  readonly after: number;
  /** What the update still has to multiply gradients by: it reads them all anyway. */
  readonly scale: number;
}

/** @throws InvalidArgumentError when a bound is not above 0 */
export function checkClipping({ clipNorm, clipValue }: ClippingOptions): void {
  for (const [name, bound] of Object.entries({ clipNorm, clipValue })) {
    if (bound !== undefined) requireNumber(name, bound, 'a number above 0', (value) => value > 0);
  }
}

/**
 * Limits each element in place, and finds by what the norm is to be clipped. Gradients whose norm is not finite are left as
 * they are, for the caller to report.
 */
export function clipGradients(
  parameters: readonly Parameter[],
  backend: OptimizerBackend,
  { clipNorm, clipValue }: ClippingOptions,
): Clipped {
  const before = backend.gradientNorm(parameters);
  if (!Number.isFinite(before)) return { before, after: before, scale: 1 };
  let after = before;
  if (clipValue !== undefined) {
    for (const { gradient } of parameters) limit(gradient, clipValue);
    after = backend.gradientNorm(parameters);
  }
  if (clipNorm !== undefined && after > clipNorm) return { before, after: clipNorm, scale: clipNorm / after };
  return { before, after, scale: 1 };
}

function limit(values: Float32Array, bound: number): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i], -bound), bound);
}
