/** The checksum of zip and gzip (CRC-32, ISO 3309). @param previous continues the checksum of earlier bytes */
export function crc32(bytes: Uint8Array, previous = 0): number {
  tables32 ??= makeTables(0xedb88320);
  return remainder(tables32, bytes, previous);
}

/**
 * The checksum of TensorBoard's records, and of our own files (CRC-32C, Castagnoli, RFC 3720).
 * @param previous continues the checksum of earlier bytes
 *
 * @example
 * ```ts
 * import { checksumText, crc32c } from '@throughtime/platform';
 * console.log(checksumText(crc32c(new TextEncoder().encode('123456789')))); // e3069283
 * ```
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  tables32c ??= makeTables(0x82f63b78);
  return remainder(tables32c, bytes, previous);
}

/** A checksum as our files write it: eight hexadecimal digits. */
export function checksumText(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}

/** table[k][b]: the remainder of byte b followed by k zero bytes, which lets eight bytes be folded in at once. */
type Tables = readonly Int32Array[];

// Made when first asked for: a page that reads no file needs none.
let tables32: Tables | undefined;
let tables32c: Tables | undefined;

function remainder(tables: Tables, bytes: Uint8Array, previous: number): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = ~previous;
  let at = 0;
  for (const whole = bytes.length - 7; at < whole; at += 8) {
    const low = crc ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
    crc =
      t7[low & 255] ^
      t6[(low >>> 8) & 255] ^
      t5[(low >>> 16) & 255] ^
      t4[low >>> 24] ^
      t3[bytes[at + 4]] ^
      t2[bytes[at + 5]] ^
      t1[bytes[at + 6]] ^
      t0[bytes[at + 7]];
  }
  for (; at < bytes.length; at++) crc = t0[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** @param polynomial with its bits reflected */
function makeTables(polynomial: number): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
    return remainder;
  });
  const all = [first];
  for (let zeros = 1; zeros < 8; zeros++) {
    all.push(all[zeros - 1].map((remainder) => (remainder >>> 8) ^ first[remainder & 255]));
  }
  return all;
}
