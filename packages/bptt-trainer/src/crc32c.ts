/** CRC-32C (Castagnoli, RFC 3720): the polynomial 0x1edc6f41, reflected. */
const polynomial = 0x82f63b78;

/** table[k][b]: the remainder of byte b followed by k zero bytes, which lets eight bytes be folded in at once. */
const tables = makeTables();

/** The checksum of TensorBoard's records, and of our checkpoints. @param previous continues the checksum of earlier bytes */
export function crc32c(bytes: Uint8Array, previous = 0): number {
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

function makeTables(): Int32Array[] {
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
