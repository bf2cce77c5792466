import { checkOptions, inWords, type OptionChecks, showValue, whole } from '@throughtime/errors';
import { bitsPerElement } from './dtype.js';
import { HeaderTooLargeError, InvalidHeaderError, TruncatedSafetensorsError } from './errors.js';
import { elementCount } from './tensor.js';

/** The length of the header, an unsigned 64-bit integer, comes first. */
export const prefixBytes = 8;

/** The reference implementation's limit, for readers and so for writers too. */
export const defaultMaxHeaderBytes = 100_000_000;

export const metadataKey = '__metadata__';

/** The reference implementation's limit. Its own fields nest 3 deep, but fields that it does not know may nest deeper. */
const deepestNesting = 127;

/** Where a tensor lies: `begin` and `end` count bytes from the start of the data, behind the header. */
export interface TensorEntry {
  /** A {@link Dtype}, or a data type that this package cannot read (`F8_E4M3` for instance). */
  readonly dtype: string;
  /** Sizes of its axes, outermost first; empty for a single number. */
  readonly shape: readonly number[];
  /** Its first byte. */
  readonly begin: number;
  /** The byte after its last one. */
  readonly end: number;
}

/** What the header of a file says: everything but the data. */
export interface Header {
  /** By name, in the order of their data. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** The free text under `__metadata__`; empty where the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data starts, counted from the start of the file. */
  readonly dataStart: number;
  /** The whole file's length. */
  readonly totalBytes: number;
}

/** What reading a header may be asked for. */
export interface HeaderOptions {
  /** A header that announces more is refused unread. Default 100,000,000, as the reference implementation. */
  readonly maxHeaderBytes?: number;
}

const headerChecks: OptionChecks<HeaderOptions> = { maxHeaderBytes: whole({ from: 0 }) };

/**
 * How long the header is, from the first eight bytes. Every function that takes HeaderOptions passes them here, to be checked.
 * @throws TruncatedSafetensorsError, HeaderTooLargeError, ArgumentError
 */
export function headerLength(prefix: Uint8Array, options: HeaderOptions = {}): number {
  checkOptions<HeaderOptions>(options, headerChecks);
  const { maxHeaderBytes = defaultMaxHeaderBytes } = options;
  if (prefix.byteLength < prefixBytes) {
    throw new TruncatedSafetensorsError("for the header's length", prefixBytes, prefix.byteLength);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, prefixBytes).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) throw new HeaderTooLargeError(length, maxHeaderBytes);
  return Number(length);
}

/**
 * Reads and checks a header against the format's rules: every range in the data, of the length its data type and shape
 * need, and together covering the data without overlap or hole.
 * @param json the header's bytes, without the length before it
 * @param totalBytes the file's length
 */
export function parseHeader(json: Uint8Array, totalBytes: number): Header {
  const entries = new Map<string, TensorEntry>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(parseObject(json))) {
    if (name === metadataKey) metadata = checkedMetadata(value);
    else entries.set(name, checkedEntry(name, value));
  }
  const dataStart = prefixBytes + json.byteLength;
  const sorted = new Map([...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end));
  checkCoverage(sorted, dataStart, totalBytes);
  return { entries: sorted, metadata, dataStart, totalBytes };
}

function parseObject(json: Uint8Array): object {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
  } catch {
    throw new InvalidHeaderError('header: expected UTF-8, got bytes that are not');
  }
  if (!text.startsWith('{')) {
    throw new InvalidHeaderError(`header: expected to start with '{', got ${showValue(text.slice(0, 8))}`);
  }
  scanHeader(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidHeaderError(`header: expected JSON: ${(error as Error).message}`);
  }
}

/**
 * Checks what `JSON.parse` would hide or pay for: a key that stands twice in one object (it keeps the last), and deep
 * nesting (a megabyte of `[` becomes a hundred megabytes of arrays). Whether the text is JSON at all is left to it.
 * @throws InvalidHeaderError
 */
function scanHeader(text: string): void {
  /** The keys seen in each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.length === deepestNesting) {
        throw new InvalidHeaderError(`header: nested deeper than ${deepestNesting} at character ${at}`);
      }
      open.push(character === '{' ? new Set() : undefined);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) noteKey(open.at(-1), text.slice(at, end + 1));
      at = end;
    }
  }
}

/** The index of the quote that closes the string opened at `start`; the text's end when none does. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function isKey(text: string, endOfString: number): boolean {
  let at = endOfString + 1;
  while (at < text.length && ' \t\r\n'.includes(text[at])) at++;
  return text[at] === ':';
}

function noteKey(keys: Set<string> | undefined, quoted: string): void {
  if (!keys) return;
  // Parsed, because "a" and "\u0061" are one name.
  const key = parseString(quoted);
  if (keys.has(key)) throw new InvalidHeaderError(`header: the name ${showValue(key)} stands twice`);
  keys.add(key);
}

function parseString(quoted: string): string {
  try {
    return JSON.parse(quoted);
  } catch {
    throw new InvalidHeaderError(`header: expected JSON, got the broken string ${showValue(quoted)}`);
  }
}

function checkedMetadata(value: unknown): Readonly<Record<string, string>> {
  if (value === null) return {}; // as the reference implementation reads it
  if (!isRecord(value))
    throw new InvalidHeaderError(`${metadataKey}: expected an object of strings, got ${showValue(value)}`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw new InvalidHeaderError(`${metadataKey}: expected a string for '${key}', got ${showValue(text)}`);
    }
  }
  return value as Record<string, string>;
}

function checkedEntry(name: string, value: unknown): TensorEntry {
  const fail = (expected: string, got: unknown): never => {
    throw new InvalidHeaderError(`tensor '${name}': expected ${expected}, got ${showValue(got)}`);
  };
  if (!isRecord(value)) return fail('an object with dtype, shape and data_offsets', value);
  // Other fields are ignored, as the reference implementation does.
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || dtype === '') return fail('the name of a dtype', dtype);
  if (!Array.isArray(shape)) return fail('a shape that is a list', shape);
  const count = elementCount(shape);
  if (Number.isNaN(count)) fail('a shape of whole numbers whose product is below 2^53', shape);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return fail('data_offsets [begin, end], whole numbers', offsets);
  }
  const [begin, end] = offsets;
  const bits = bitsPerElement(dtype);
  const bytes = bits === undefined ? undefined : (count * bits) / 8;
  if (begin > end) fail('data_offsets with begin <= end', offsets);
  // How long a tensor of an unknown data type must be, nobody can say.
  if (bytes !== undefined && end - begin !== bytes) {
    fail(
      `${bytes} bytes for ${dtype} of shape ${showValue(shape)}`,
      inWords(`${end - begin} (data_offsets ${showValue(offsets)})`),
    );
  }
  return { dtype, shape, begin, end };
}

function checkCoverage(
  sorted: ReadonlyMap<string, TensorEntry>,
  dataStart: number,
  totalBytes: number,
): void {
  let covered = 0;
  for (const [name, { begin, end }] of sorted) {
    if (begin < covered) {
      throw new InvalidHeaderError(
        `tensor '${name}': starts at ${begin}, inside the one before it, which ends at ${covered}`,
      );
    }
    if (begin > covered) {
      throw new InvalidHeaderError(`tensor '${name}': starts at ${begin} and leaves a hole after ${covered}`);
    }
    covered = end;
  }
  const expected = dataStart + covered;
  if (totalBytes < expected) throw new TruncatedSafetensorsError('in the file', expected, totalBytes);
  if (totalBytes > expected) {
    throw new InvalidHeaderError(
      `expected ${expected} bytes in the file, got ${totalBytes}: ${totalBytes - expected} belong to no tensor`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
