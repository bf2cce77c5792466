import type { UpdateRule } from '@throughtime/contract';
import { checkOptions, number, type OptionChecks } from '@throughtime/errors';
import { type AdamOptions, adamChecks } from './adam.js';
import { type Optimizer, optimizer } from './optimizer.js';

/** The constants of Adam, and how momentum rises. */
export interface NAdamOptions extends AdamOptions {
  /** psi: how fast the momentum rises to beta1. Default 0.004. */
  readonly momentumDecay?: number;
}

const nadamChecks: OptionChecks<NAdamOptions> = { ...adamChecks, momentumDecay: number({ from: 0 }) };

/**
 * Adam with Nesterov's momentum (Dozat 2016), as `torch.optim.NAdam`: the step looks ahead by the momentum of the next update,
 * mu_t = beta1 (1 - 0.96^(psi t) / 2).
 * @param learningRate default 0.002
 * @throws ArgumentError
 */
export function nadam(learningRate = 0.002, options: NAdamOptions = {}): Optimizer {
  checkOptions<NAdamOptions>(options, nadamChecks);
  const { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8, momentumDecay = 0.004 } = options;
  const momentumAt = (step: number) => beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay));
  const productUpTo = products(momentumAt);
  const rule: UpdateRule = {
    name: 'nadam',
    slots: ['exp_avg', 'exp_avg_sq'],
    settings: { beta1, beta2, epsilon, momentumDecay },
    apply(weights, gradient, [mean, square], { learningRate: rate, weightDecay, step }) {
      const momentum = momentumAt(step);
      const next = momentumAt(step + 1);
      const product = productUpTo(step);
      const slopeRate = (rate * (1 - momentum)) / (1 - product);
      const meanRate = (rate * next) / (1 - product * next);
      const squareScale = 1 / Math.sqrt(1 - beta2 ** step);
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * slope;
        square[i] = beta2 * square[i] + (1 - beta2) * slope * slope;
        const ahead = slopeRate * slope + meanRate * mean[i];
        // No gradient yet, without epsilon: no step.
        if (ahead !== 0) weights[i] -= ahead / (Math.sqrt(square[i]) * squareScale + epsilon);
      }
    },
  };
  return optimizer(rule, learningRate, options);
}

/**
 * The product of `factorAt(1)` to `factorAt(step)`, which follows from the number of the update alone: a checkpoint need not hold it.
 * The last one is kept, since it is asked for once for each tensor, and updates come in order.
 */
function products(factorAt: (step: number) => number): (step: number) => number {
  let last = { step: 0, product: 1 };
  return (step) => {
    let { step: done, product } = step < last.step ? { step: 0, product: 1 } : last;
    while (done < step) product *= factorAt(++done);
    last = { step, product };
    return product;
  };
}
