import type { UpdateRule } from '@throughtime/contract';
import { checkOptions, number, type OptionChecks } from '@throughtime/errors';
import { decayRate, type Optimizer, type OptimizerOptions, optimizer, optimizerChecks } from './optimizer.js';

/** RMSProp's constants, by PyTorch's names. */
export interface RmsPropOptions extends OptimizerOptions {
  /** Decay of the running mean of squared gradients. Default 0.99. */
  readonly alpha?: number;
  /** Keeps the division finite. Default 1e-8. */
  readonly epsilon?: number;
  /** Fraction of the last step that is kept, in [0, 1). Default 0. */
  readonly momentum?: number;
}

const rmsPropChecks: OptionChecks<RmsPropOptions> = {
  ...optimizerChecks,
  alpha: decayRate,
  epsilon: number({ from: 0 }),
  momentum: decayRate,
};

/**
 * RMSProp (Tieleman and Hinton 2012), as `torch.optim.RMSprop`: s is the running mean of squared gradients,
 * v = momentum v + g / (sqrt(s) + epsilon), w -= rate v.
 * @param learningRate default 0.01
 * @throws ArgumentError
 */
export function rmsProp(learningRate = 0.01, options: RmsPropOptions = {}): Optimizer {
  checkOptions<RmsPropOptions>(options, rmsPropChecks);
  const { alpha = 0.99, epsilon = 1e-8, momentum = 0 } = options;
  const rule: UpdateRule = {
    name: 'rmsprop',
    slots: momentum === 0 ? ['square_avg'] : ['square_avg', 'momentum_buffer'],
    settings: { alpha, epsilon, momentum },
    apply(weights, gradient, [square, velocity], { learningRate: rate, weightDecay }) {
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        square[i] = alpha * square[i] + (1 - alpha) * slope * slope;
        // A slope of 0, without epsilon: no step.
        const direction = slope === 0 ? 0 : slope / (Math.sqrt(square[i]) + epsilon);
        if (velocity) velocity[i] = momentum * velocity[i] + direction;
        weights[i] -= rate * (velocity ? velocity[i] : direction);
      }
    },
  };
  return optimizer(rule, learningRate, options);
}
