import type { Parameter } from '../trainable-model.js';

/** Parameters that are treated apart. */
export interface ParameterGroup {
  readonly match: (parameter: Parameter) => boolean;
  /** In place of the optimiser's; 0 freezes the weights. The schedule's factor applies to it as well. */
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
