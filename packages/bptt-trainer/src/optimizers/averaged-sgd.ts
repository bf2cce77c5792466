import type { UpdateRule } from '@throughtime/contract';
import { checkOptions, number, type OptionChecks, whole } from '@throughtime/errors';
import { type Optimizer, type OptimizerOptions, optimizer, optimizerChecks } from './optimizer.js';

/** The decay of the rate, and when averaging begins, as `torch.optim.ASGD`; the decay under a schedule differs, see {@link averagedSgd}. */
export interface AveragedSgdOptions extends OptimizerOptions {
  /** How fast the learning rate decays: rate_t = rate / (1 + lambda rate t)^alpha. Default 1e-4. */
  readonly lambda?: number;
  /** The power in that decay. Default 0.75. */
  readonly alpha?: number;
  /** t0: the update after which weights are averaged. Default 1,000,000. */
  readonly startAt?: number;
}

const averagedSgdChecks: OptionChecks<AveragedSgdOptions> = {
  ...optimizerChecks,
  lambda: number({ from: 0 }),
  alpha: number({ from: 0 }),
  startAt: whole({ from: 0 }),
};

/**
 * Averaged stochastic gradient descent (Polyak and Juditsky 1992). Without a schedule it equals `torch.optim.ASGD`. With a
 * schedule, an update takes the rate that the schedule gives it, as every optimizer here does. PyTorch computes a rate at the end of the
 * update before, so that what its scheduler says takes effect one update late. Validation sees the average, and the model holds it when
 * training ends.
 * @param learningRate default 0.01
 * @throws ArgumentError
 */
export function averagedSgd(learningRate = 0.01, options: AveragedSgdOptions = {}): Optimizer {
  checkOptions<AveragedSgdOptions>(options, averagedSgdChecks);
  const { lambda = 1e-4, alpha = 0.75, startAt = 1e6 } = options;
  return optimizer(averagingRule(lambda, alpha, startAt), learningRate, options);
}

/** When averaging begins (Merity, Keskar and Socher 2017). */
export interface NonMonotonicOptions extends OptimizerOptions {
  /** n: averaging begins when a validation is worse than the best of all but the last n. Default 5. */
  readonly patience?: number;
}

const nonMonotonicChecks: OptionChecks<NonMonotonicOptions> = {
  ...optimizerChecks,
  patience: whole({ from: 0 }),
};

/**
 * Plain SGD that begins to average its weights when validation stops improving: NT-ASGD of AWD-LSTM (Merity, Keskar and
 * Socher 2018). Needs validation in `fit`.
 * @throws ArgumentError
 */
export function nonMonotonicAveragedSgd(learningRate: number, options: NonMonotonicOptions = {}): Optimizer {
  checkOptions<NonMonotonicOptions>(options, nonMonotonicChecks);
  const { patience = 5 } = options;
  // Without decay of the rate this is plain SGD until the trigger sets the start.
  const rule = averagingRule(0, 0, Number.POSITIVE_INFINITY);
  return { ...optimizer(rule, learningRate, options), averageAfter: patience };
}

/** The slot that holds the average, which {@link WeightUpdater} exchanges for validation. */
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
      // PyTorch computes a step's rate and share at the end of the step before, hence step - 1.
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
