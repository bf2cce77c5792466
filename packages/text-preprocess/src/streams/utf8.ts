import { InvalidArgumentError, InvalidUtf8Error } from '../errors.js';
import { incompleteTail } from '../tokenizers/wtf8.js';
import { firstIllFormed } from './ill-formed-utf8.js';

export interface Utf8Options {
  /**
   * What happens at bytes that are not UTF-8. `'error'` (default): an error that says where. `'replace'`: U+FFFD, as
   * `TextDecoder` puts it.
   */
  readonly invalid?: 'error' | 'replace';
  /** Whether a byte order mark at the start stays, as U+FEFF. Default `'keep'`: nothing changes unless asked. */
  readonly byteOrderMark?: 'keep' | 'drop';
}

/**
 * The text of `bytes`.
 * @throws InvalidUtf8Error with the byte offset when they are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, options: Utf8Options = {}): string {
  const decoder = new Utf8Decoder(options);
  return decoder.push(bytes) + decoder.end();
}

/**
 * The text of bytes that come in chunks cut anywhere, chunk by chunk.
 * @throws InvalidUtf8Error with the byte offset, counted from the start of the first chunk
 */
export function* decodeUtf8Chunks(
  chunks: Iterable<Uint8Array>,
  options: Utf8Options = {},
): Generator<string, void, undefined> {
  const decoder = new Utf8Decoder(options);
  for (const chunk of chunks) yield decoder.push(chunk);
  yield decoder.end();
}

/** {@link decodeUtf8Chunks} for a source that is waited for, such as a file or a response's body. */
export async function* decodeUtf8Stream(
  chunks: AsyncIterable<Uint8Array>,
  options: Utf8Options = {},
): AsyncGenerator<string, void, undefined> {
  const decoder = new Utf8Decoder(options);
  for await (const chunk of chunks) yield decoder.push(chunk);
  yield decoder.end();
}

/** `TextDecoder` with `fatal` says only that something is wrong; this one says where. */
class Utf8Decoder {
  readonly #decoder: TextDecoder;
  readonly #dropsMark: boolean;
  /** The bytes of a character whose other bytes may follow. */
  #held: Uint8Array = new Uint8Array(0);
  /** The offset of the first byte held, or of the next. */
  #offset = 0;

  constructor({ invalid = 'error', byteOrderMark = 'keep' }: Utf8Options) {
    if (invalid !== 'error' && invalid !== 'replace') {
      throw new InvalidArgumentError('invalid', "'error' or 'replace'", invalid);
    }
    if (byteOrderMark !== 'keep' && byteOrderMark !== 'drop') {
      throw new InvalidArgumentError('byteOrderMark', "'keep' or 'drop'", byteOrderMark);
    }
    // The native decoder is fast only without its streaming mode, so pieces of characters are held back here.
    this.#decoder = new TextDecoder('utf-8', { fatal: invalid === 'error', ignoreBOM: true });
    this.#dropsMark = byteOrderMark === 'drop';
  }

  push(chunk: Uint8Array): string {
    const bytes = this.#held.length === 0 ? chunk : concatenated(this.#held, chunk);
    const complete = bytes.length - incompleteTail(bytes);
    // A copy: the source may reuse its buffer.
    this.#held = bytes.slice(complete);
    return this.#decode(bytes.subarray(0, complete));
  }

  end(): string {
    const rest = this.#held;
    this.#held = new Uint8Array(0);
    return this.#decode(rest);
  }

  #decode(bytes: Uint8Array): string {
    if (bytes.length === 0) return '';
    let text: string;
    try {
      text = this.#decoder.decode(bytes);
    } catch {
      const { start, end } = firstIllFormed(bytes)!;
      throw new InvalidUtf8Error(this.#offset + start, bytes.subarray(start, end));
    }
    const isStart = this.#offset === 0;
    this.#offset += bytes.length;
    return isStart && this.#dropsMark && text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
