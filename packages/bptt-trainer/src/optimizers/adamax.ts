import type { UpdateRule } from '@throughtime/contract';
import { checkOptions } from '@throughtime/errors';
import { type AdamOptions, adamChecks } from './adam.js';
import { type Optimizer, optimizer } from './optimizer.js';

/**
 * Adamax (Kingma and Ba 2015, section 7.1), as `torch.optim.Adamax`: Adam with the largest recent gradient in place of the root of
 * the mean square. Here u = max(beta2 u, |g| + epsilon), w -= rate m / u, m corrected for its start at zero.
 * @param learningRate default 0.002
 * @throws ArgumentError
 */
export function adamax(learningRate = 0.002, options: AdamOptions = {}): Optimizer {
  checkOptions<AdamOptions>(options, adamChecks);
  const { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8 } = options;
  const rule: UpdateRule = {
    name: 'adamax',
    slots: ['exp_avg', 'exp_inf'],
    settings: { beta1, beta2, epsilon },
    apply(weights, gradient, [mean, largest], { learningRate: given, weightDecay, step }) {
      const rate = given / (1 - beta1 ** step);
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * slope;
        largest[i] = Math.max(beta2 * largest[i], Math.abs(slope) + epsilon);
        // No gradient yet, without epsilon: no step.
        if (largest[i] !== 0) weights[i] -= (rate * mean[i]) / largest[i];
      }
    },
  };
  return optimizer(rule, learningRate, options);
}
