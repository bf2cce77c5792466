import type { UpdateRule } from '@throughtime/contract';
import { checkOptions } from '@throughtime/errors';
import { type AdamOptions, adamChecks } from './adam.js';
import { type Optimizer, optimizer } from './optimizer.js';

/**
 * LAMB (You et al. 2020, algorithm 2), for large batches: each weight matrix moves by a share of its own length. With Adam's corrected m and
 * v, u = m / (sqrt(v) + epsilon) + weightDecay w, and w -= rate (|w| / |u|) u, where a length of zero makes the ratio 1.
 * @param learningRate the share of a matrix's length that one update moves it by; default 0.001
 * @throws ArgumentError
 */
export function lamb(learningRate = 0.001, options: AdamOptions = {}): Optimizer {
  checkOptions<AdamOptions>(options, adamChecks);
  // 1e-6, as the paper's own code has it: far below it, the ratio takes no part of epsilon's size.
  const { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-6 } = options;
  const rule: UpdateRule = {
    name: 'lamb',
    slots: ['exp_avg', 'exp_avg_sq'],
    settings: { beta1, beta2, epsilon },
    apply(weights, gradient, [mean, square], { learningRate, weightDecay, step }) {
      const meanScale = 1 / (1 - beta1 ** step);
      const squareScale = 1 / (1 - beta2 ** step);
      const direction = (i: number) => {
        const corrected = meanScale * mean[i];
        // No gradient yet, without epsilon: nothing but the decay.
        const adaptive = corrected === 0 ? 0 : corrected / (Math.sqrt(squareScale * square[i]) + epsilon);
        return adaptive + weightDecay * weights[i];
      };
      let weightSquares = 0;
      let directionSquares = 0;
      for (let i = 0; i < weights.length; i++) {
        mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i];
        square[i] = beta2 * square[i] + (1 - beta2) * gradient[i] * gradient[i];
        weightSquares += weights[i] * weights[i];
        directionSquares += direction(i) ** 2;
      }
      const lengths = Math.sqrt(weightSquares / directionSquares);
      const rate = learningRate * (weightSquares > 0 && directionSquares > 0 ? lengths : 1);
      for (let i = 0; i < weights.length; i++) weights[i] -= rate * direction(i);
    },
  };
  return optimizer(rule, learningRate, options);
}
