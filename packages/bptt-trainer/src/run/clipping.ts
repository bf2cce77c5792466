import type { OptimizerBackend, Parameter } from '@throughtime/contract';
import { type OptionChecks, positive } from '@throughtime/errors';

export interface ClippingOptions {
  /** Scales all gradients by clipNorm / norm where their common norm is above clipNorm. Default: off. */
  readonly clipNorm?: number;
  /** Limits each element to [-clipValue, clipValue], before the norm is clipped. Default: off. */
  readonly clipValue?: number;
}

export const clippingChecks: OptionChecks<ClippingOptions> = { clipNorm: positive, clipValue: positive };

export interface Clipped {
  /** Norm of the gradients that the model gave. */
  readonly before: number;
  /** Norm of the gradients that the optimizer sees. */
  readonly after: number;
  /** Factor by which the update still has to multiply gradients: it reads them all anyway. */
  readonly scale: number;
}

/**
 * Limits each element in place, and finds the factor that clips the norm. Leaves gradients whose norm is not finite as they
 * are, for the caller to report.
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
