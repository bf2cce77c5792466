import { ArgumentError, showValue, ThroughtimeError } from '@throughtime/errors';

/** The bytes are not a safetensors file that can be trusted; the message says what is wrong with them. */
export class SafetensorsError extends ThroughtimeError {
  override name = 'SafetensorsError';
}

/** Fewer bytes came than the file itself announces. */
export class TruncatedSafetensorsError extends SafetensorsError {
  override name = 'TruncatedSafetensorsError';
  readonly expectedBytes: number;
  readonly actualBytes: number;

  constructor(what: string, expectedBytes: number, actualBytes: number, options?: ErrorOptions) {
    super(
      `cut short: expected ${expectedBytes} bytes ${what}, got ${actualBytes} (${expectedBytes - actualBytes} missing)`,
      options,
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

/** A tensor has a data type that this package cannot read. The header and the file's other tensors can be read. */
export class UnreadableDtypeError extends SafetensorsError {
  override name = 'UnreadableDtypeError';
  readonly tensor: string;
  readonly dtype: string;

  constructor(tensor: string, dtype: string, readable: string) {
    super(`tensor ${showValue(tensor)}: expected a dtype among ${readable}, got ${showValue(dtype)}`);
    this.tensor = tensor;
    this.dtype = dtype;
  }
}

/** A tensor of data type BOOL holds a byte that is neither 0 nor 1. */
export class InvalidValueError extends SafetensorsError {
  override name = 'InvalidValueError';
  /** The tensor's name in the file. */
  readonly tensor: string;
  /** Which of its values it is. */
  readonly index: number;

  constructor(tensor: string, index: number, value: number | bigint) {
    super(
      `tensor ${showValue(tensor)}: expected 0 or 1 in every value of BOOL, got ${value} in data[${index}]`,
    );
    this.tensor = tensor;
    this.index = index;
  }
}

/** The header is not what the format allows: not JSON, a name twice, ranges that overlap, leave holes, or disagree. */
export class InvalidHeaderError extends SafetensorsError {
  override name = 'InvalidHeaderError';
}

/**
 * A tensor to be written or converted has a data type, shape, values or a name that the format or the call does not take. Or
 * metadata to be written holds something that no reader takes.
 */
export class InvalidTensorError extends ArgumentError {
  override name = 'InvalidTensorError';
}
