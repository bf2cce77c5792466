/** A seed that is not a safe integer. */
export class InvalidSeedError extends RangeError {
  override name = 'InvalidSeedError';

  constructor(seed: unknown) {
    super(`seed: expected a whole number between -(2^53 - 1) and 2^53 - 1, got ${String(seed)}`);
  }
}

/** A saved state that no generator could have been in. */
export class InvalidRandomStateError extends RangeError {
  override name = 'InvalidRandomStateError';

  constructor(state: unknown) {
    super(`state: expected four 32-bit integers, not all zero, got ${JSON.stringify(state)}`);
  }
}
