import type { OptimizerBackend } from '@throughtime/contract';

/** Loops in TypeScript over arrays anywhere; each update runs the rule's own loops. */
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
