import {
  ArgumentError,
  type ArgumentErrorOptions,
  inWords,
  showValue,
  ThroughtimeError,
} from '@throughtime/errors';

/** A variable all of whose values are missing: there is nothing to learn from. */
export class NothingObservedError extends ThroughtimeError {
  override name = 'NothingObservedError';

  constructor(series: string, variable: string) {
    super(`series '${series}': expected an observed value in '${variable}', got missing ones alone`);
  }
}

/** A value that is not a finite number and is not masked as missing. */
export class NotFiniteError extends ThroughtimeError {
  override name = 'NotFiniteError';

  constructor(series: string, variable: string, index: number, value: number) {
    super(
      `series '${series}': expected a finite number in '${variable}', row ${index}, got ${value} (mask it as missing, or fill it in)`,
    );
  }
}

/** A value that is 0 or less where logarithms or ratios are taken. */
export class NotPositiveError extends ThroughtimeError {
  override name = 'NotPositiveError';

  /** @param purpose what takes them, as it reads after "for": 'the log transform' */
  constructor(series: string, variable: string, purpose: string, index: number, value: number) {
    super(
      `series '${series}': expected values above 0 in '${variable}' for ${purpose}, got ${value} in row ${index}`,
    );
  }
}

/** A demand below 0, which no method for intermittent demand can take. */
export class NegativeDemandError extends ThroughtimeError {
  override name = 'NegativeDemandError';

  constructor(series: string, variable: string, model: string, value: number) {
    super(`series '${series}': expected no value below 0 in '${variable}' for ${model}, got ${value}`);
  }
}

/** A forecast that reaches past the last row of the covariates known in advance. */
export class HorizonBeyondCovariatesError extends ThroughtimeError {
  override name = 'HorizonBeyondCovariatesError';

  constructor(series: string, horizon: number, known: number) {
    super(
      `horizon: expected at most ${known}, the rows of known covariates after the end of '${series}', got ${horizon}`,
    );
  }
}

/** `predict`, `update` or `save` before `fit`. */
export class NotFittedError extends ThroughtimeError {
  override name = 'NotFittedError';

  constructor(model: string, call: string) {
    super(`${model}: expected fit() before ${call}()`);
  }
}

/** Quantiles or paths asked of a model that gives points only. */
export class NoDistributionError extends ThroughtimeError {
  override name = 'NoDistributionError';

  constructor(model: string, asked: string) {
    super(
      `${model}: expected a model with a distribution for ${asked}, got one with points only (use another head, or conformal())`,
    );
  }
}

/** Training that left the finite numbers. */
export class DivergedError extends ThroughtimeError {
  override name = 'DivergedError';

  constructor(model: string, options?: ErrorOptions) {
    super(
      `${model}: expected the loss to stay finite, got none (lower the learning rate, or scale the series)`,
      options,
    );
  }
}

/** A saved model that cannot be read back. */
export class InvalidModelError extends ThroughtimeError {
  override name = 'InvalidModelError';

  /** @param got the value itself, or {@link inWords} where words say more */
  constructor(part: string, expected: string, got: unknown, { hint, ...options }: ArgumentErrorOptions = {}) {
    const shown = showValue(got);
    super(`saved model, ${part}: expected ${expected}, got ${shown}${hint ? ` (${hint})` : ''}`, options);
  }
}

/**
 * What `read` makes of a part of a saved model.
 * @throws InvalidModelError instead of the ArgumentError of what `read` refuses: the file is wrong, not an argument
 */
export function readSaved<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause;
    const { argument, expected, got, hint } = cause;
    const options = { cause, ...(hint !== undefined && { hint }) };
    throw new InvalidModelError(
      argument === '' ? part : `${part}, ${argument}`,
      expected,
      inWords(got),
      options,
    );
  }
}
