import { ArgumentError, type InWords, inWords, ThroughtimeError } from '@throughtime/errors';

/** An input, state, weight or list of lengths that does not fit the configuration. */
export class ShapeMismatchError extends ArgumentError {
  override name = 'ShapeMismatchError';

  constructor(argument: string, expected: string, got: readonly number[] | InWords | number) {
    super(argument, expected, got);
  }
}

/** A weight that the configuration calls for and the given weights lack. */
export class MissingWeightError extends ArgumentError {
  override name = 'MissingWeightError';

  constructor(name: string, present: Iterable<string>) {
    super('weights', `one named '${name}'`, inWords([...present].join(', ') || 'none'));
  }
}

/** The fused path was asked for where it cannot be taken, or for a derivative that it does not have. */
export class FusedPathError extends ArgumentError {
  override name = 'FusedPathError';

  constructor(expected: string, options?: ErrorOptions) {
    super('path', expected, 'fused', options);
  }
}

/** The reference path was asked for where tfjs, or the module that has it, is missing. */
export class ReferencePathError extends ThroughtimeError {
  override name = 'ReferencePathError';
}
