import type { UpdateRule } from '@throughtime/contract';
import { checkOptions } from '@throughtime/errors';
import { type AdamOptions, adamChecks } from './adam.js';
import { type Optimizer, optimizer } from './optimizer.js';

/**
 * Rectified Adam (Liu et al. 2020), as `torch.optim.RAdam`: the first updates, whose mean square is of too few gradients to divide by,
 * are plain momentum; then Adam's step is shortened by how uncertain that mean still is. A warm-up is not needed.
 * @param learningRate default 0.001
 * @throws ArgumentError
 */
export function radam(learningRate = 0.001, options: AdamOptions = {}): Optimizer {
  checkOptions<AdamOptions>(options, adamChecks);
  const { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8 } = options;
  const rule: UpdateRule = {
    name: 'radam',
    slots: ['exp_avg', 'exp_avg_sq'],
    settings: { beta1, beta2, epsilon },
    apply(weights, gradient, [mean, square], { learningRate, weightDecay, step }) {
      const rate = learningRate / (1 - beta1 ** step);
      const rectified = rectification(beta2, step);
      const divisorRate = rate * (rectified ?? 0) * Math.sqrt(1 - beta2 ** step);
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * slope;
        square[i] = beta2 * square[i] + (1 - beta2) * slope * slope;
        if (rectified === undefined) weights[i] -= rate * mean[i];
        // No gradient yet, without epsilon: no step.
        else if (mean[i] !== 0) weights[i] -= (divisorRate * mean[i]) / (Math.sqrt(square[i]) + epsilon);
      }
    },
  };
  return optimizer(rule, learningRate, options);
}

/**
 * r_t of the paper's algorithm 2: the factor on Adam's step, undefined while the mean is of fewer than some five gradients. Its rho is
 * the length of a plain mean that would be as certain as the running one.
 */
function rectification(beta2: number, step: number): number | undefined {
  const end = 2 / (1 - beta2) - 1;
  const power = beta2 ** step;
  const length = end - (2 * step * power) / (1 - power);
  if (length <= 5) return undefined;
  return Math.sqrt(((length - 4) * (length - 2) * end) / ((end - 4) * (end - 2) * length));
}
