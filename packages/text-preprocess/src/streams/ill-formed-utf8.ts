/**
 * The first bytes that are not UTF-8, or `undefined` when all are: the longest start of a character that breaks off, or a byte
 * that begins none (Unicode 16, table 3-7, "maximal subpart").
 */
export function firstIllFormed(bytes: Uint8Array): { start: number; end: number } | undefined {
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
