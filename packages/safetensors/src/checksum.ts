import { checksumText, crc32c } from '@throughtime/platform';
import type { NamedTensors } from './encode.js';
import type { Tensor } from './tensor.js';

/**
 * A checksum of every tensor's name, data type, shape and bytes, whatever their order in a file: eight hexadecimal digits of a
 * CRC-32C. It notices damage; it does not withstand a forger.
 * @param previous of `crc32c`: continues the checksum of earlier bytes. Default: none
 */
export function tensorsChecksum(tensors: NamedTensors, previous = 0): string {
  const encoder = new TextEncoder();
  const named = new Map<string, Tensor>(tensors instanceof Map ? tensors : Object.entries(tensors));
  let crc = previous;
  for (const name of [...named.keys()].sort()) {
    const { dtype, shape, data } = named.get(name)!;
    crc = crc32c(encoder.encode(JSON.stringify([name, dtype, shape])), crc);
    crc = crc32c(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), crc);
  }
  return checksumText(crc);
}
