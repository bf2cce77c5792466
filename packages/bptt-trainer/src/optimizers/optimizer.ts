import type { UpdateRule } from '@throughtime/contract';
import { requireNumber } from '../errors.js';
import type { ParameterGroup } from './parameter-groups.js';

export interface OptimizerOptions {
  /**
   * L2 penalty added to the gradient as weightDecay * weight (AdamW shrinks the weights instead). Default 0. PyTorch
   * decays biases too; {@link undecayedBiases} as a group leaves them out.
   */
  readonly weightDecay?: number;
  /** The first group that matches a parameter governs it. */
  readonly groups?: readonly ParameterGroup[];
}

/** A rule and how far its steps go. Holds no state, so that one may serve several trainers. */
export interface Optimizer {
  readonly rule: UpdateRule;
  /** Before the schedule's factor. */
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly groups: readonly ParameterGroup[];
  /**
   * When averaging of weights begins, for rules that average: when a validation is worse than the best of all those before it but
   * the last so many (the non-monotonic trigger). Default: as the rule's own settings say.
   */
  readonly averageAfter?: number;
}

/** @throws InvalidArgumentError when a rate or decay is negative or not finite */
export function optimizer(
  rule: UpdateRule,
  learningRate: number,
  { weightDecay = 0, groups = [] }: OptimizerOptions,
): Optimizer {
  const rate = (argument: string, value: number) =>
    requireNumber(`${rule.name}: ${argument}`, value, 'a number of at least 0', (number) => number >= 0);
  rate('learningRate', learningRate);
  rate('weightDecay', weightDecay);
  for (const group of groups) {
    rate('groups: learningRate', group.learningRate ?? 0);
    rate('groups: weightDecay', group.weightDecay ?? 0);
  }
  return { rule, learningRate, weightDecay, groups };
}
