import { check, checkOptions, isBytes, type OptionChecks, oneOf } from '@throughtime/errors';
import { InvalidUtf8Error } from '../errors.js';
import { incompleteTail } from '../tokenizers/wtf8.js';
import { type ChunkStage, streamThroughStage, throughStage } from './chunk-cutter.js';

/** How bytes become text. */
export interface Utf8Options {
  /**
   * What happens at bytes that are not UTF-8. `'error'` (default): an error that says where. `'replace'`: U+FFFD, as
   * `TextDecoder` puts it.
   */
  readonly invalid?: 'error' | 'replace';
  /** Whether a byte order mark at the start stays, as U+FEFF. Default `'keep'`: nothing changes unless asked. */
  readonly byteOrderMark?: 'keep' | 'drop';
}

export const utf8Checks: OptionChecks<Utf8Options> = {
  invalid: oneOf(['error', 'replace']),
  byteOrderMark: oneOf(['keep', 'drop']),
};

/**
 * The text of `bytes`.
 * @throws InvalidUtf8Error with the byte offset when they are not UTF-8; ArgumentError for the options
 */
export function decodeUtf8(bytes: Uint8Array, options: Utf8Options = {}): string {
  const decoder = new Utf8Decoder(options);
  return decoder.push(bytes) + decoder.end();
}

/**
 * The text of bytes that come in chunks cut anywhere, chunk by chunk.
 * @throws InvalidUtf8Error with the byte offset, counted from the start of the first chunk
 */
export function decodeUtf8Chunks(
  chunks: Iterable<Uint8Array>,
  options: Utf8Options = {},
): Generator<string, void, undefined> {
  return throughStage(chunks, stageOf(options));
}

/** {@link decodeUtf8Chunks} for a source that is waited for, such as a file or a response's body. */
export function decodeUtf8Stream(
  chunks: AsyncIterable<Uint8Array>,
  options: Utf8Options = {},
): AsyncGenerator<string, void, undefined> {
  return streamThroughStage(chunks, stageOf(options));
}

function stageOf(options: Utf8Options): ChunkStage<Uint8Array, string> {
  const decoder = new Utf8Decoder(options);
  return { push: (bytes) => [decoder.push(bytes)], end: () => [decoder.end()] };
}

const bytesCheck = /* @__PURE__ */ check<Uint8Array>('a Uint8Array', isBytes);

/** `TextDecoder` with `fatal` says only that something is wrong; this one says where. */
class Utf8Decoder {
  readonly #decoder: TextDecoder;
  readonly #dropsMark: boolean;
  /** The bytes of a character whose other bytes may follow. */
  #held: Uint8Array = new Uint8Array(0);
  /** The offset of the first byte held, or of the next. */
  #offset = 0;

  constructor(options: Utf8Options) {
    checkOptions<Utf8Options>(options, utf8Checks);
    const { invalid = 'error', byteOrderMark = 'keep' } = options;
    // The native decoder is fast only without its streaming mode, so pieces of characters are held back here.
    this.#decoder = new TextDecoder('utf-8', { fatal: invalid === 'error', ignoreBOM: true });
    this.#dropsMark = byteOrderMark === 'drop';
  }

  push(chunk: Uint8Array): string {
    bytesCheck('bytes', chunk);
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

/**
 * The first bytes that are not UTF-8, or `undefined` when all are: the longest start of a character that breaks off, or a byte
 * that begins none (Unicode 16, table 3-7, "maximal subpart").
 */
function firstIllFormed(bytes: Uint8Array): { start: number; end: number } | undefined {
  let start = 0;
  while (start < bytes.length) {
    const lead = bytes[start];
    const length =
      lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    let end = start + 1;
    while (end < start + length && continues(lead, end - start, bytes[end])) end++;
    if (end - start !== length) return { start, end };
    start = end;
  }
  return undefined;
}

/** Whether `byte` (undefined past the end) may stand at `place` after `lead`. */
function continues(lead: number, place: number, byte: number | undefined): boolean {
  if (byte === undefined) return false;
  // Overlong forms, surrogates and what lies past U+10FFFF show in the second byte.
  const low = place > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = place > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}
