import { checksumText, crc32c } from '@throughtime/platform';
import type { Safetensors } from './decode.js';
import type { Metadata, NamedTensors } from './encode.js';
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

/** The field of the metadata that holds a file's checksum. */
const checksumKey = 'throughtime.data';

/** The metadata's field for the checksum of what is in the file, so that {@link checksumFault} notices damage. */
export function checksumMetadata(tensors: NamedTensors): Metadata {
  return { [checksumKey]: tensorsChecksum(tensors) };
}

/**
 * Whether a file's data are those that its checksum was made of.
 * @returns undefined when they are; 'missing' for a file without a checksum, as other programs write it; 'different' for a damaged one
 */
export function checksumFault({ tensors, metadata }: Safetensors): 'missing' | 'different' | undefined {
  const expected = metadata[checksumKey];
  if (expected === undefined) return 'missing';
  return expected === tensorsChecksum(tensors) ? undefined : 'different';
}
