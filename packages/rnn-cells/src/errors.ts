/** A configuration that no network can have. */
export class InvalidRecurrentConfigError extends RangeError {
  override name = 'InvalidRecurrentConfigError';

  constructor(field: string, expected: string, got: unknown) {
    super(`${field}: expected ${expected}, got ${got === undefined ? 'undefined' : JSON.stringify(got)}`);
  }
}

/** An input, state, weight or list of lengths that does not fit the configuration. */
export class ShapeMismatchError extends RangeError {
  override name = 'ShapeMismatchError';

  constructor(argument: string, expected: string, got: readonly number[] | string) {
    super(`${argument}: expected ${expected}, got ${typeof got === 'string' ? got : `[${got.join(', ')}]`}`);
  }
}

/** A weight that the configuration calls for and the given weights lack. */
export class MissingWeightError extends Error {
  override name = 'MissingWeightError';

  constructor(name: string, present: Iterable<string>) {
    super(`weights: expected one named '${name}', got ${[...present].join(', ') || 'none'}`);
  }
}

/** The fused path was asked for where it cannot be taken, or for a derivative that it does not have. */
export class FusedPathError extends Error {
  override name = 'FusedPathError';

  constructor(problem: string, options?: ErrorOptions) {
    super(`path: ${problem}`, options);
  }
}
