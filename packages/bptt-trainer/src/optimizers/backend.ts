import type { Parameter } from '../trainable-model.js';
import type { StepSize, UpdateRule } from './update-rule.js';

/** An array that stays reachable when the memory it lies in grows and older views detach. */
export interface LiveArray {
  readonly data: Float32Array;
}

/** What one call of {@link OptimizerBackend.update} moves: parameters of one group, with their slots in the rule's order. */
export interface UpdateTarget {
  readonly parameter: Parameter;
  readonly slots: readonly LiveArray[];
}

/**
 * The arithmetic of an update over many tensors. The plain one loops over the arrays; an engine in whose memory the
 * weights lie can bring its own.
 */
export interface OptimizerBackend {
  /** Room for optimiser state of `parameter`, all zeros. */
  allocate(parameter: Parameter): LiveArray;
  /** Square root of the sum of all squared gradients. */
  gradientNorm(parameters: readonly Parameter[]): number;
  scaleGradients(parameters: readonly Parameter[], factor: number): void;
  /**
   * Applies `rule` to all targets, their gradients multiplied by `size.gradientScale`; false when it has no code of its own for
   * the rule: the plain loops follow.
   */
  update(rule: UpdateRule, targets: readonly UpdateTarget[], size: StepSize): boolean;
}

/** Loops in TypeScript over arrays anywhere. */
export const plainBackend: OptimizerBackend = {
  allocate: (parameter) => ({ data: new Float32Array(parameter.data.length) }),

  gradientNorm(parameters) {
    let squares = 0;
    for (const { gradient } of parameters) {
      for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
    }
    return Math.sqrt(squares);
  },

  scaleGradients(parameters, factor) {
    for (const { gradient } of parameters) {
      for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
    }
  },

  update: () => false,
};
