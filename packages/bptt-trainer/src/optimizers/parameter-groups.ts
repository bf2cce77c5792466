import type { Parameter } from '@throughtime/contract';

/** Parameters that are treated apart. */
export interface ParameterGroup {
  readonly match: (parameter: Parameter) => boolean;
  /**
   * In place of the optimiser's. The schedule's factor applies to it as well. 0 freezes the weights, and their gradients
   * count nowhere: not in the norm that is reported and clipped.
   */
  readonly learningRate?: number;
  /** In place of the optimiser's. */
  readonly weightDecay?: number;
}

/** A bias, by PyTorch's names ('bias', 'rnn.bias_hh_l0'). */
export function isBias({ name }: Parameter): boolean {
  return /(^|\.)bias(_|$)/.test(name);
}

/** The group that keeps weight decay off biases, where it does no good. */
export const undecayedBiases: ParameterGroup = { match: isBias, weightDecay: 0 };

/**
 * The group that leaves one bias a gate to learn: PyTorch adds two, `bias_ih` and `bias_hh`, whose sum moves twice as fast as the
 * single bias of the formulas, of TensorFlow and of a GRU that resets before the product. Frozen, the second stays as it is:
 * 0, where an initialiser leaves biases out. Not for a GRU that resets after the product, whose second bias is no duplicate.
 */
export const frozenSecondBiases: ParameterGroup = {
  match: ({ name }) => /(^|\.)bias_hh_l\d+(_reverse)?$/.test(name),
  learningRate: 0,
};
