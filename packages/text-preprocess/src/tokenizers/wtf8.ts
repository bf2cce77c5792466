import { isWellFormed } from './surrogates.js';

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * UTF-8 that also takes lone surrogates, each as the three bytes its number would have (WTF-8): for well-formed text the
 * bytes of UTF-8, and for every JavaScript string reversible.
 */
export function encodeWtf8(text: string): Uint8Array {
  if (isWellFormed(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000)
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f));
      bytes.push(0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
  }
  return Uint8Array.from(bytes);
}

/** The text of `bytes`, lone surrogates included. What is neither becomes U+FFFD, as in `TextDecoder`. */
export function decodeWtf8(bytes: Uint8Array): string {
  let text = '';
  let start = 0;
  for (let i = bytes.indexOf(0xed); i >= 0; i = bytes.indexOf(0xed, i + 1)) {
    // ED A0..BF is a surrogate's first two bytes, which UTF-8 proper never holds.
    const isSurrogate =
      bytes[i + 1] >= 0xa0 && bytes[i + 1] <= 0xbf && bytes[i + 2] >= 0x80 && bytes[i + 2] <= 0xbf;
    if (!isSurrogate) continue;
    text += decoder.decode(bytes.subarray(start, i));
    text += String.fromCharCode(0xd000 | ((bytes[i + 1] & 0x3f) << 6) | (bytes[i + 2] & 0x3f));
    start = i + 3;
  }
  return text + decoder.decode(bytes.subarray(start));
}

/** How many bytes at the end of `bytes`, 0 to 3, begin a character whose other bytes may follow. */
export function incompleteTail(bytes: Uint8Array): number {
  for (let length = 1; length <= 3 && length <= bytes.length; length++) {
    const byte = bytes[bytes.length - length];
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const needed = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return needed > length ? length : 0;
  }
  return 0;
}
