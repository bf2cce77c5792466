import { SafetensorsError } from './errors.js';

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The format is little-endian, and typed arrays are the machine's own order: views of the data are right only where the two agree. */
export function requireLittleEndian(): void {
  if (!littleEndian)
    throw new SafetensorsError('safetensors: this machine is big-endian, which is not supported');
}
