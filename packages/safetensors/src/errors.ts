/** The bytes are not a safetensors file that can be trusted; the message says what is wrong with them. */
export class SafetensorsError extends Error {
  override name = 'SafetensorsError';
}

/** Fewer bytes came than the file itself announces. */
export class TruncatedSafetensorsError extends SafetensorsError {
  override name = 'TruncatedSafetensorsError';
  readonly expectedBytes: number;
  readonly actualBytes: number;

  constructor(what: string, expectedBytes: number, actualBytes: number) {
    super(
      `cut short: expected ${expectedBytes} bytes ${what}, got ${actualBytes} (${expectedBytes - actualBytes} missing)`,
    );
    this.expectedBytes = expectedBytes;
    this.actualBytes = actualBytes;
  }
}

/** The header announces more than the limit: refused before anything is read or allocated. */
export class HeaderTooLargeError extends SafetensorsError {
  override name = 'HeaderTooLargeError';

  constructor(headerBytes: bigint, limit: number) {
    super(
      `header: expected at most ${limit} bytes, the file announces ${headerBytes}: not a safetensors file?`,
    );
  }
}

/** The header is not what the format allows: not JSON, a name twice, ranges that overlap, leave holes, or disagree. */
export class InvalidHeaderError extends SafetensorsError {
  override name = 'InvalidHeaderError';
}

/** A tensor handed over for writing whose data type, shape and values do not agree. */
export class InvalidTensorError extends SafetensorsError {
  override name = 'InvalidTensorError';

  constructor(tensor: string, expected: string, got: string) {
    super(`tensor '${tensor}': expected ${expected}, got ${got}`);
  }
}
