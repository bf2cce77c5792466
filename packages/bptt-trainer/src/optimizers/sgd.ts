import type { UpdateRule } from '@throughtime/contract';
import { ArgumentError, boolean, checkOptions, type OptionChecks } from '@throughtime/errors';
import { decayRate, type Optimizer, type OptimizerOptions, optimizer, optimizerChecks } from './optimizer.js';

/** Momentum, and how it is applied, by PyTorch's names. */
export interface SgdOptions extends OptimizerOptions {
  /** Fraction of the last step that is kept, in [0, 1). Default 0: none, and no state. */
  readonly momentum?: number;
  /** Looks ahead along the momentum (Nesterov, as in Sutskever et al. 2013). Needs momentum. Default false. */
  readonly nesterov?: boolean;
}

const sgdChecks: OptionChecks<SgdOptions> = { ...optimizerChecks, momentum: decayRate, nesterov: boolean };

/**
 * Stochastic gradient descent, as `torch.optim.SGD`: v = momentum v + g (v = g at the first step), w -= rate v, or with
 * Nesterov w -= rate (g + momentum v).
 * @throws ArgumentError
 */
export function sgd(learningRate: number, options: SgdOptions = {}): Optimizer {
  checkOptions<SgdOptions>(options, sgdChecks);
  const { momentum = 0, nesterov = false } = options;
  if (nesterov && momentum === 0) throw new ArgumentError('momentum', 'a number above 0 with nesterov', 0);
  return optimizer(momentum === 0 ? plainSgd : momentumSgd(momentum, nesterov), learningRate, options);
}

const plainSgd: UpdateRule = {
  name: 'sgd',
  slots: [],
  settings: { momentum: 0, nesterov: false },
  apply(weights, gradient, _, { learningRate, weightDecay }) {
    for (let i = 0; i < weights.length; i++) {
      weights[i] -= learningRate * (gradient[i] + weightDecay * weights[i]);
    }
  },
};

function momentumSgd(momentum: number, nesterov: boolean): UpdateRule {
  return {
    name: 'sgd',
    slots: ['momentum_buffer'],
    settings: { momentum, nesterov },
    apply(weights, gradient, [velocity], { learningRate, weightDecay }) {
      // The buffer starts at zero, so the first step gives v = g without a special case.
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        velocity[i] = momentum * velocity[i] + slope;
        weights[i] -= learningRate * (nesterov ? slope + momentum * velocity[i] : velocity[i]);
      }
    },
  };
}
