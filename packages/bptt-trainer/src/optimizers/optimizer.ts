import type { UpdateRule } from '@throughtime/contract';
import { type Check, check, list, number, type OptionChecks, record } from '@throughtime/errors';
import { groupChecks, type ParameterGroup } from './parameter-groups.js';

/** What every optimizer takes. */
export interface OptimizerOptions {
  /**
   * L2 penalty added to the gradient as weightDecay * weight (AdamW shrinks the weights instead). Default 0. PyTorch decays biases
   * too; the group {@link undecayedBiases} leaves them out.
   */
  readonly weightDecay?: number;
  /** The first group that matches a parameter decides its settings. */
  readonly groups?: readonly ParameterGroup[];
}

export const optimizerChecks: OptionChecks<OptimizerOptions> = {
  weightDecay: number({ from: 0 }),
  groups: list(record(groupChecks)),
};

/** A fraction that is kept from one step to the next: 1 would never forget. */
export const decayRate: Check<number> = number({ from: 0, below: 1 });

/** A rule and how far its steps go. It holds no state, so one may serve several trainers. */
export interface Optimizer {
  /** How weights follow gradients. */
  readonly rule: UpdateRule;
  /** Before the schedule's factor. */
  readonly learningRate: number;
  /** The L2 penalty, for parameters that no group gives another. */
  readonly weightDecay: number;
  /** Parameters with settings of their own; the first that matches decides. */
  readonly groups: readonly ParameterGroup[];
  /**
   * For rules that average weights: averaging begins when a validation is worse than the best of all before it but the last
   * `averageAfter` (the non-monotonic trigger). Default: when the rule's own settings say.
   */
  readonly averageAfter?: number;
}

/** The check of an option that must be an {@link Optimizer}. */
export const optimizerCheck: Check<Optimizer> = check('an optimizer, such as adam(0.002)', (value) => {
  const { rule, learningRate } = (value ?? {}) as Partial<Optimizer>;
  return typeof rule?.apply === 'function' && typeof learningRate === 'number';
});

/** @throws ArgumentError when the learning rate is negative or not finite */
export function optimizer(
  rule: UpdateRule,
  learningRate: number,
  { weightDecay = 0, groups = [] }: OptimizerOptions,
): Optimizer {
  number({ from: 0 })('learningRate', learningRate);
  return { rule, learningRate, weightDecay, groups };
}
