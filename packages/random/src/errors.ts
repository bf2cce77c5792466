import { ArgumentError } from '@throughtime/errors';

/** A seed that is not a safe integer. */
export class InvalidSeedError extends ArgumentError {
  override name = 'InvalidSeedError';

  constructor(seed: unknown) {
    super('seed', 'a whole number between -(2^53 - 1) and 2^53 - 1', seed);
  }
}

/** A saved state that no generator could have been in. */
export class InvalidRandomStateError extends ArgumentError {
  override name = 'InvalidRandomStateError';

  constructor(state: unknown) {
    super('state', 'four 32-bit integers, not all zero', state);
  }
}
