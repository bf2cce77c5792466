import { SeriesFormatError } from '../series/series-errors.js';

/** The text of a file, and what it was written in. */
export interface DecodedText {
  /** The characters, without a byte order mark. */
  readonly text: string;
  /** What the bytes were taken for. */
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252';
}

/**
 * Reads the bytes of a text file: UTF-8, UTF-16 with or without a byte order mark, and otherwise Windows-1252, of which Latin-1 is a part.
 * @throws SeriesFormatError for bytes that are no text
 */
export function decodeText(bytes: Uint8Array, name: string): DecodedText {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return { text: new TextDecoder(utf16).decode(bytes), encoding: 'UTF-16' };
  if (bytes.subarray(0, 65_536).includes(0)) {
    throw new SeriesFormatError(`${name}: expected a text file, got one with NUL bytes`);
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' };
  }
}

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // Digits, commas and line ends, of which tables consist, are every second byte 0.
  const sample = bytes.subarray(0, 1000 - (1000 % 2));
  const zeros = (parity: number) => sample.filter((byte, i) => i % 2 === parity && byte === 0).length;
  const most = 0.4 * Math.floor(sample.length / 2);
  if (sample.length < 4 || bytes.length % 2 === 1) return undefined;
  if (zeros(1) > most && zeros(0) === 0) return 'utf-16le';
  return zeros(0) > most && zeros(1) === 0 ? 'utf-16be' : undefined;
}
