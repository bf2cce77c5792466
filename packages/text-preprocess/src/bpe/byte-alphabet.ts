import { ArgumentError } from '@throughtime/errors';

/**
 * The characters that byte-level BPE files write bytes as (GPT-2's convention): printable bytes of Latin-1 as themselves, the
 * other 68 as U+0100 and up, so that no token holds a space or a control character. A space is `Ġ`.
 */
export const CHARACTER_OF_BYTE: readonly string[] = /* @__PURE__ */ charactersOfBytes();

const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ CHARACTER_OF_BYTE.map((character, byte) => [character, byte]),
);

/** The bytes that `token` is written for. @throws ArgumentError when it has a character that stands for none */
export function bytesOfToken(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_OF_CHARACTER.get(token[i]);
    if (byte === undefined) throw new ArgumentError('token', 'characters of the byte-level alphabet', token);
    bytes[i] = byte;
  }
  return bytes;
}

function charactersOfBytes(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(printable ? byte : next++);
  });
}
