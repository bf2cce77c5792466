import type { Bytes } from '../engine/bytes.js';

/** How a WebAssembly module is moved whose static data may be anywhere: see scripts/codegen-tfjs.mjs. */
export interface Layout {
  /** The address that the data was compiled for. */
  readonly base: number;
  /** Bytes that the module uses from that address on. */
  readonly size: number;
  /** Where the flags of the imported memory stand. */
  readonly memoryFlags: number;
  /** From one address in the binary to the next: each a signed LEB128 number of five bytes. */
  readonly addressSteps: readonly number[];
}

const HAS_MAXIMUM = 1;
const HAS_MAXIMUM_AND_IS_SHARED = 3;

/** Moves the data of a module, in its binary, to `address`, for memory that is shared or not. */
export function relocate(
  bytes: Bytes,
  layout: Layout,
  options: { readonly address: number; readonly shared: boolean },
): Bytes {
  bytes[layout.memoryFlags] = options.shared ? HAS_MAXIMUM_AND_IS_SHARED : HAS_MAXIMUM;
  let at = 0;
  for (const step of layout.addressSteps) {
    at += step;
    writeAddress(bytes, at, readAddress(bytes, at) - layout.base + options.address);
  }
  return bytes;
}

function readAddress(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 5; i++) value |= (bytes[at + i] & 127) << (7 * i);
  return value;
}

function writeAddress(bytes: Uint8Array, at: number, address: number): void {
  const value = address | 0; // above 2 GiB an address is a negative constant
  for (let i = 0; i < 5; i++) bytes[at + i] = ((value >> (7 * i)) & 127) | (i < 4 ? 128 : 0);
}
