import type { UpdateRule } from '@throughtime/contract';
import { checkOptions, number, type OptionChecks } from '@throughtime/errors';
import { decayRate, type Optimizer, type OptimizerOptions, optimizer, optimizerChecks } from './optimizer.js';

/** Adadelta's constants, by PyTorch's defaults. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of the running means of squared gradients and squared steps. Default 0.9. */
  readonly rho?: number;
  /** Keeps the division finite, and the first steps from being 0. Default 1e-6. */
  readonly epsilon?: number;
}

const adadeltaChecks: OptionChecks<AdadeltaOptions> = {
  ...optimizerChecks,
  rho: decayRate,
  epsilon: number({ above: 0 }),
};

/**
 * Adadelta (Zeiler 2012), as `torch.optim.Adadelta`: s and d are running means of squared gradients and of squared steps.
 * The step is sqrt(d + epsilon) / sqrt(s + epsilon) g, which has the unit of the weights, w -= rate step.
 * @param learningRate default 1: the rule finds the length of its steps by itself
 * @throws ArgumentError
 */
export function adadelta(learningRate = 1, options: AdadeltaOptions = {}): Optimizer {
  checkOptions<AdadeltaOptions>(options, adadeltaChecks);
  const { rho = 0.9, epsilon = 1e-6 } = options;
  const rule: UpdateRule = {
    name: 'adadelta',
    slots: ['square_avg', 'acc_delta'],
    settings: { rho, epsilon },
    apply(weights, gradient, [square, steps], { learningRate: rate, weightDecay }) {
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        square[i] = rho * square[i] + (1 - rho) * slope * slope;
        const step = Math.sqrt((steps[i] + epsilon) / (square[i] + epsilon)) * slope;
        steps[i] = rho * steps[i] + (1 - rho) * step * step;
        weights[i] -= rate * step;
      }
    },
  };
  return optimizer(rule, learningRate, options);
}
