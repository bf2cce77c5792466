import { ArgumentError, ThroughtimeError } from '@throughtime/errors';

/** A token that the vocabulary does not hold, where the vocabulary has no unknown token to stand for it. */
export class UnknownTokenError extends ArgumentError {
  override name = 'UnknownTokenError';
  readonly token: string;

  constructor(token: string) {
    super('token', 'one of the vocabulary, which has no unknown token', token);
    this.token = token;
  }
}

/** An id outside the vocabulary. */
export class InvalidTokenIdError extends ArgumentError {
  override name = 'InvalidTokenIdError';

  constructor(id: unknown, size: number) {
    super('id', `a whole number in [0, ${size}), the vocabulary's size`, id);
  }
}

/** Saved data (a vocabulary, a tokenizer) that is damaged or of another format. */
export class InvalidFormatError extends ThroughtimeError {
  override name = 'InvalidFormatError';

  constructor(what: string, problem: string, options?: ErrorOptions) {
    super(`${what}: ${problem}`, options);
  }
}

/** Bytes that are not UTF-8. */
export class InvalidUtf8Error extends ThroughtimeError {
  override name = 'InvalidUtf8Error';
  /** Where the first ill-formed sequence begins, counted in bytes from the start of the input. */
  readonly byteOffset: number;
  /** The ill-formed bytes. */
  readonly bytes: Uint8Array;

  /** @param source what the bytes are of, a file's path perhaps */
  constructor(byteOffset: number, bytes: Uint8Array, source = 'input') {
    const shown = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    super(
      `${source}: expected UTF-8, found the ill-formed bytes ${shown} at byte offset ${byteOffset}. ` +
        "Convert the file to UTF-8, or ask for replacement characters with invalid: 'replace'",
    );
    this.byteOffset = byteOffset;
    this.bytes = bytes;
  }
}

/**
 * What `read` makes of saved data.
 * @throws InvalidFormatError instead of the ArgumentError of what `read` refuses: the data are wrong, not an argument
 */
export function readSaved<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause;
    throw new InvalidFormatError(what, cause.message, { cause });
  }
}
