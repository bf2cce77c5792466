import type { UpdateRule } from '@throughtime/contract';
import { checkOptions, number, type OptionChecks } from '@throughtime/errors';
import { type Optimizer, type OptimizerOptions, optimizer, optimizerChecks } from './optimizer.js';

/** Adagrad's constants, by PyTorch's defaults. */
export interface AdagradOptions extends OptimizerOptions {
  /** How fast the learning rate decays: rate_t = rate / (1 + (t - 1) rateDecay). Default 0. */
  readonly rateDecay?: number;
  /** Keeps the division finite. Default 1e-10. */
  readonly epsilon?: number;
}

const adagradChecks: OptionChecks<AdagradOptions> = {
  ...optimizerChecks,
  rateDecay: number({ from: 0 }),
  epsilon: number({ from: 0 }),
};

/**
 * Adagrad (Duchi, Hazan and Singer 2011), as `torch.optim.Adagrad`: s is the sum of all squared gradients so far,
 * w -= rate g / (sqrt(s) + epsilon). Steps only get shorter, and those of rare words stay long.
 * @param learningRate default 0.01
 * @throws ArgumentError
 */
export function adagrad(learningRate = 0.01, options: AdagradOptions = {}): Optimizer {
  checkOptions<AdagradOptions>(options, adagradChecks);
  const { rateDecay = 0, epsilon = 1e-10 } = options;
  const rule: UpdateRule = {
    name: 'adagrad',
    slots: ['sum'],
    settings: { rateDecay, epsilon },
    apply(weights, gradient, [sum], { learningRate: given, weightDecay, step }) {
      const rate = given / (1 + (step - 1) * rateDecay);
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        sum[i] += slope * slope;
        // A slope that was always 0, without epsilon: no step.
        if (slope !== 0) weights[i] -= (rate * slope) / (Math.sqrt(sum[i]) + epsilon);
      }
    },
  };
  return optimizer(rule, learningRate, options);
}
