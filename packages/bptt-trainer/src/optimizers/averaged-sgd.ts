import type { UpdateRule } from '@throughtime/contract';
import { requireNumber, requireWhole } from '../errors.js';
import { type Optimizer, type OptimizerOptions, optimizer } from './optimizer.js';

export interface AveragedSgdOptions extends OptimizerOptions {
  /** How fast the learning rate decays: rate_t = rate / (1 + lambda rate t)^alpha. Default 1e-4. */
  readonly lambda?: number;
  /** The power in that decay. Default 0.75. */
  readonly alpha?: number;
  /** t0: the update after which weights are averaged. Default 1,000,000. */
  readonly startAt?: number;
}

/**
 * Averaged stochastic gradient descent (Polyak and Juditsky 1992), as `torch.optim.ASGD`. The average is what validation
 * sees, and what the model holds when training ends.
 * @param learningRate default 0.01
 * @throws InvalidArgumentError
 */
export function averagedSgd(learningRate = 0.01, options: AveragedSgdOptions = {}): Optimizer {
  const { lambda = 1e-4, alpha = 0.75, startAt = 1e6 } = options;
  requireNumber('averagedSgd: lambda', lambda, 'a number of at least 0', (value) => value >= 0);
  requireNumber('averagedSgd: alpha', alpha, 'a number of at least 0', (value) => value >= 0);
  requireWhole('averagedSgd: startAt', startAt, 0);
  return optimizer(averagingRule(lambda, alpha, startAt), learningRate, options);
}

export interface NonMonotonicOptions extends OptimizerOptions {
  /** n: averaging begins when a validation is worse than the best of all but the last n. Default 5. */
  readonly patience?: number;
}

/**
 * Plain SGD that begins to average its weights when validation stops improving: NT-ASGD of AWD-LSTM (Merity, Keskar and
 * Socher 2018). Needs validation in `fit`.
 * @throws InvalidArgumentError
 */
export function nonMonotonicAveragedSgd(learningRate: number, options: NonMonotonicOptions = {}): Optimizer {
  const { patience = 5 } = options;
  requireWhole('nonMonotonicAveragedSgd: patience', patience, 0);
  // Without decay of the rate this is SGD until the trigger sets the start.
  const rule = averagingRule(0, 0, Number.POSITIVE_INFINITY);
  return { ...optimizer(rule, learningRate, options), averageAfter: patience };
}

/** The slot that holds the average: what {@link WeightUpdater} exchanges for validation. */
export const averageSlot = 'ax';

/** Whether the validation that follows `losses` with `loss` is the non-monotonic trigger. */
export function nonMonotonic(losses: readonly number[], loss: number, patience: number): boolean {
  const earlier = losses.slice(0, Math.max(0, losses.length - patience));
  return earlier.length > 0 && loss > Math.min(...earlier);
}

function averagingRule(lambda: number, alpha: number, startAt: number): UpdateRule {
  return {
    name: 'averaged-sgd',
    slots: [averageSlot],
    settings: { lambda, alpha, startAt },
    apply(weights, gradient, [average], { learningRate, weightDecay, step, averageFrom = startAt }) {
      // PyTorch computes the rate and the share of a step at the end of the one before, hence step - 1.
      const rate = learningRate / (1 + lambda * learningRate * (step - 1)) ** alpha;
      const share = 1 / Math.max(1, step - 1 - averageFrom);
      const shrink = 1 - lambda * rate;
      for (let i = 0; i < weights.length; i++) {
        const slope = gradient[i] + weightDecay * weights[i];
        weights[i] = weights[i] * shrink - rate * slope;
        average[i] += (weights[i] - average[i]) * share;
      }
    },
  };
}
