import type { Parameter } from '@throughtime/contract';
import { callback, number, type OptionChecks, required } from '@throughtime/errors';

/** Parameters that get settings of their own. */
export interface ParameterGroup {
  /** Whether a parameter belongs to the group, by its name for instance. */
  readonly match: (parameter: Parameter) => boolean;
  /**
   * In place of the optimizer's; the schedule's factor applies to it too. 0 freezes the weights, and their gradients count nowhere:
   * not in the norm that is reported and clipped.
   */
  readonly learningRate?: number;
  /** In place of the optimizer's. */
  readonly weightDecay?: number;
}

export const groupChecks: OptionChecks<ParameterGroup> = {
  match: required(callback),
  learningRate: number({ from: 0 }),
  weightDecay: number({ from: 0 }),
};

/** A bias, by PyTorch's names ('bias', 'rnn.bias_hh_l0'). */
export function isBias({ name }: Parameter): boolean {
  return /(^|\.)bias(_|$)/.test(name);
}

/** The group that keeps weight decay off biases, where it does no good. */
export const undecayedBiases: ParameterGroup = { match: isBias, weightDecay: 0 };

/**
 * The group that trains one bias per gate: PyTorch adds two, `bias_ih` and `bias_hh`, whose sum moves twice as fast as the single
 * bias of the formulas, of TensorFlow and of a GRU that resets before the product. The second bias stays frozen as it is: 0, if
 * the initializer left biases out. Do not use it for a GRU that resets after the product, whose second bias is no duplicate.
 */
export const frozenSecondBiases: ParameterGroup = {
  match: ({ name }) => /(^|\.)bias_hh_l\d+(_reverse)?$/.test(name),
  learningRate: 0,
};
