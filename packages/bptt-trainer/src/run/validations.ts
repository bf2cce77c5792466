import { number, type OptionChecks, required, whole } from '@throughtime/errors';

/** When validation has stopped improving. */
export interface EarlyStoppingOptions {
  /** How many validations in a row may pass without a new best; one more ends training. */
  readonly patience: number;
  /** A new best is lower than the old one by more than this. Default 0. */
  readonly minDelta?: number;
}

export const earlyStoppingChecks: OptionChecks<EarlyStoppingOptions> = {
  patience: required(whole({ from: 0 })),
  minDelta: number({ from: 0 }),
};

/** How validation has gone so far. */
export interface Validations {
  /** Null before the first validation with a finite loss. */
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  /** Validations after the best one. */
  readonly sinceBest: number;
}

export const noValidations: Validations = { best: null, sinceBest: 0 };

/** The record after one more validation: it is the best so far where `sinceBest` is 0. */
export function addValidation(
  { best, sinceBest }: Validations,
  validation: { readonly epoch: number; readonly loss: number },
  { minDelta = 0 }: Partial<EarlyStoppingOptions> = {},
): Validations {
  const bar = best === null ? Number.POSITIVE_INFINITY : best.loss - minDelta;
  return validation.loss < bar ? { best: validation, sinceBest: 0 } : { best, sinceBest: sinceBest + 1 };
}
