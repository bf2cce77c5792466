/** An option or argument that cannot be worked with. */
export class InvalidArgumentError extends RangeError {
  override name = 'InvalidArgumentError';

  constructor(argument: string, expected: string, got: unknown) {
    super(`${argument}: expected ${expected}, got ${typeof got === 'string' ? got : JSON.stringify(got)}`);
  }
}

/** @throws InvalidArgumentError unless `value` is a number for which `holds` */
export function requireNumber(
  argument: string,
  value: number,
  expected: string,
  holds: (value: number) => boolean,
): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || !holds(value)) {
    throw new InvalidArgumentError(argument, expected, String(value));
  }
}

/** @throws InvalidArgumentError unless `value` is a whole number of at least `least` */
export function requireWhole(argument: string, value: number, least: number): void {
  requireNumber(
    argument,
    value,
    `a whole number of at least ${least}`,
    (number) => Number.isInteger(number) && number >= least,
  );
}

/** The loss of a step is NaN or infinite; the weights are those from before the step. */
export class NonFiniteLossError extends Error {
  override name = 'NonFiniteLossError';
  readonly step: number;

  constructor(step: number, loss: number) {
    super(
      `step ${step}: the loss is ${loss}. The weights were left as they were before this step. ` +
        'Try a lower learning rate or clipNorm, and look for NaN or extreme values in the data.',
    );
    this.step = step;
  }
}

/** A gradient is NaN or infinite; the weights are those from before the step. */
export class NonFiniteGradientError extends Error {
  override name = 'NonFiniteGradientError';
  readonly step: number;
  /** The parameter's name. */
  readonly tensor: string;

  constructor(step: number, tensor: string, value: number) {
    super(
      `step ${step}: the gradient of ${tensor} contains ${value}. The weights were left as they were before this step. ` +
        'Try a lower learning rate, a smaller clipNorm (gradients may explode), or shorter truncation.',
    );
    this.step = step;
    this.tensor = tensor;
  }
}

/** A weight became NaN or infinite by an update. */
export class NonFiniteWeightError extends Error {
  override name = 'NonFiniteWeightError';
  readonly step: number;
  /** The parameter's name. */
  readonly tensor: string;

  constructor(step: number, tensor: string, value: number) {
    super(
      `step ${step}: the weight ${tensor} contains ${value}. No checkpoint was written; the one before is whole. ` +
        'Try a lower learning rate or a smaller clipNorm.',
    );
    this.step = step;
    this.tensor = tensor;
  }
}

/** A truncation strategy asks for what the model does not offer. */
export class UnsupportedTruncationError extends Error {
  override name = 'UnsupportedTruncationError';

  constructor(truncation: string, capability: string) {
    super(
      `truncation ${truncation}: expected a model with the capability '${capability}', got one without; ` +
        'use regular(k) or full()',
    );
  }
}

/** What anything that was thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
