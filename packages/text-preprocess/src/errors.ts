/** An option or argument outside what the function takes. */
export class InvalidArgumentError extends RangeError {
  override name = 'InvalidArgumentError';

  constructor(argument: string, expected: string, got: unknown) {
    super(`${argument}: expected ${expected}, got ${describe(got)}`);
  }
}

/** A token that the vocabulary does not hold, where the vocabulary has no unknown token to stand for it. */
export class UnknownTokenError extends RangeError {
  override name = 'UnknownTokenError';
  readonly token: string;

  constructor(token: string) {
    super(`token: expected one of the vocabulary, which has no unknown token, got ${describe(token)}`);
    this.token = token;
  }
}

/** An id outside the vocabulary. */
export class InvalidTokenIdError extends RangeError {
  override name = 'InvalidTokenIdError';

  constructor(id: unknown, size: number) {
    super(`id: expected a whole number in [0, ${size}), the vocabulary's size, got ${describe(id)}`);
  }
}

/** Saved data (a vocabulary, a tokeniser) that is damaged or of another format. */
export class InvalidFormatError extends Error {
  override name = 'InvalidFormatError';

  constructor(what: string, problem: string, options?: ErrorOptions) {
    super(`${what}: ${problem}`, options);
  }
}

/** Bytes that are not UTF-8. */
export class InvalidUtf8Error extends Error {
  override name = 'InvalidUtf8Error';
  /** Where the first ill-formed sequence begins, counted in bytes from the start of the input. */
  readonly byteOffset: number;

  constructor(byteOffset: number, bytes: Uint8Array) {
    const shown = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    super(
      `input: expected UTF-8, found the ill-formed bytes ${shown} at byte offset ${byteOffset}. ` +
        "Convert the file to UTF-8, or ask for replacement characters with invalid: 'replace'",
    );
    this.byteOffset = byteOffset;
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
