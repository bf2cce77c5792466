import { InvalidTensorError } from './errors.js';
import type { Tensor } from './tensor.js';

/**
 * A floating-point tensor's values as float32: the array itself for F32, a new one for F16, BF16 (both exact) and F64
 * (rounded).
 * @throws InvalidTensorError for whole numbers and booleans, which float32 might not hold
 */
export function toFloat32(tensor: Tensor): Float32Array {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data;
    case 'F64':
      return Float32Array.from(tensor.data);
    case 'F16':
      return Float32Array.from(tensor.data, float16Value);
    case 'BF16':
      // bfloat16 is the upper half of a float32.
      return new Float32Array(Uint32Array.from(tensor.data, (bits) => bits << 16).buffer);
    default:
      throw new InvalidTensorError('tensor.dtype', 'F16, BF16, F32 or F64', tensor.dtype);
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits, bias 15. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
