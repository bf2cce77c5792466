import { SafetensorsError } from './errors.js';

/**
 * The data types of the format, in the order by which the reference implementation ranks them: it writes tensors of a
 * higher rank first, so that each lies aligned to its own width.
 */
const rankedDtypes = [
  'BOOL',
  'U8',
  'I8',
  'I16',
  'U16',
  'F16',
  'BF16',
  'I32',
  'U32',
  'F32',
  'F64',
  'I64',
  'U64',
] as const;

/** A data type of the format that this package reads and writes. */
export type Dtype = (typeof rankedDtypes)[number];

/** The typed array that holds each data type. F16 and BF16 are held as their bits; BOOL as bytes 0 and 1. */
export interface DtypeArrays {
  /** One byte per value, 0 or 1. */
  BOOL: Uint8Array;
  /** Unsigned, 8 bits. */
  U8: Uint8Array;
  /** Signed, 8 bits. */
  I8: Int8Array;
  /** Signed, 16 bits. */
  I16: Int16Array;
  /** Unsigned, 16 bits. */
  U16: Uint16Array;
  /** The bits of half-precision floats (IEEE 754 binary16). `toFloat32` gives their values. */
  F16: Uint16Array;
  /** The bits of bfloat16: the upper half of a 32-bit float. `toFloat32` gives their values. */
  BF16: Uint16Array;
  /** Signed, 32 bits. */
  I32: Int32Array;
  /** Unsigned, 32 bits. */
  U32: Uint32Array;
  /** Single-precision floats. */
  F32: Float32Array;
  /** Double-precision floats. */
  F64: Float64Array;
  /** Signed, 64 bits, as BigInt. */
  I64: BigInt64Array;
  /** Unsigned, 64 bits, as BigInt. */
  U64: BigUint64Array;
}

interface ArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): DtypeArrays[Dtype];
}

export const arrayConstructors: Readonly<Record<Dtype, ArrayConstructor>> = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
};

export function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(arrayConstructors, value);
}

/** Higher is written earlier. */
export function dtypeRank(dtype: Dtype): number {
  return rankedDtypes.indexOf(dtype);
}

/** Data types of the format that no typed array holds. Tensors of these are listed in the header but not read. */
const unreadBits: ReadonlyMap<string, number> = new Map([
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['C64', 64],
]);

/** The width of a data type; undefined for one that is unknown. */
export function bitsPerElement(dtype: string): number | undefined {
  return isDtype(dtype) ? arrayConstructors[dtype].BYTES_PER_ELEMENT * 8 : unreadBits.get(dtype);
}

/** A comma-separated list, for messages. */
export const dtypeNames: string = rankedDtypes.join(', ');

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The format is little-endian, and typed arrays have the machine's own order: views of the data are right only where the two agree. */
export function requireLittleEndian(): void {
  if (!littleEndian) {
    throw new SafetensorsError('safetensors: expected a little-endian machine, got a big-endian one');
  }
}
