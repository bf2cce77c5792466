import type { UpdateRule } from '@throughtime/contract';
import { checkOptions, list, number, type OptionChecks } from '@throughtime/errors';
import { decayRate, type Optimizer, type OptimizerOptions, optimizer, optimizerChecks } from './optimizer.js';

/** Adam's constants (Kingma and Ba 2015), by PyTorch's names. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the running means of gradients and of their squares. Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Keeps the division finite. Default 1e-8. */
  readonly epsilon?: number;
}

export const adamChecks: OptionChecks<AdamOptions> = {
  ...optimizerChecks,
  betas: list(decayRate, { length: { from: 2, to: 2 } }),
  epsilon: number({ from: 0 }),
};

/**
 * Adam (Kingma and Ba 2015), as `torch.optim.Adam`: m and v are running means of the gradient and its square, corrected for
 * their start at zero; w -= rate m / (sqrt(v) + epsilon).
 * @param learningRate default 0.001
 * @throws ArgumentError
 */
export function adam(learningRate = 0.001, options: AdamOptions = {}): Optimizer {
  checkOptions<AdamOptions>(options, adamChecks);
  return optimizer(adamRule('adam', false, options), learningRate, options);
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as `torch.optim.AdamW`: weights shrink by
 * rate * weightDecay before the step; the decay does not go through m and v.
 * @param learningRate default 0.001
 * @param options weightDecay defaults to 0.01, as in PyTorch
 * @throws ArgumentError
 */
export function adamW(learningRate = 0.001, options: AdamOptions = {}): Optimizer {
  checkOptions<AdamOptions>(options, adamChecks);
  const { weightDecay = 0.01 } = options;
  return optimizer(adamRule('adamw', true, options), learningRate, { ...options, weightDecay });
}

function adamRule(
  name: string,
  decoupled: boolean,
  { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8 }: AdamOptions,
): UpdateRule {
  return {
    name,
    slots: ['exp_avg', 'exp_avg_sq'],
    settings: { beta1, beta2, epsilon, decoupled },
    apply(weights, gradient, [mean, square], { learningRate, weightDecay, step }) {
      const meanRate = learningRate / (1 - beta1 ** step);
      const squareScale = 1 / Math.sqrt(1 - beta2 ** step);
      const shrink = decoupled ? 1 - learningRate * weightDecay : 1;
      const penalty = decoupled ? 0 : weightDecay;
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + penalty * weights[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * slope;
        square[i] = beta2 * square[i] + (1 - beta2) * slope * slope;
        // No gradient yet, without epsilon: nothing but the decay.
        const change =
          mean[i] === 0 ? 0 : (meanRate * mean[i]) / (Math.sqrt(square[i]) * squareScale + epsilon);
        weights[i] = weights[i] * shrink - change;
      }
    },
  };
}
