/** An option or argument that cannot be used: the message names it, what was expected and what came. */
export class InvalidArgumentError extends RangeError {
  override name = 'InvalidArgumentError';

  constructor(argument: string, expected: string, got: unknown) {
    super(`${argument}: expected ${expected}, got ${describe(got)}`);
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value) ?? String(value);
  return String(value);
}

/** @throws InvalidArgumentError when `value` is not a whole number of at least `least` */
export function requireWhole(argument: string, value: number, least = 1): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(argument, `a whole number of at least ${least}`, value);
  }
}
