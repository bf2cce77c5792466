import { describe, expect, it } from 'vitest';
import { toFloat32 } from './float32.js';

describe('toFloat32', () => {
  it('gives F32 as it is and rounds F64', () => {
    const data = Float32Array.of(1.5);
    expect(toFloat32({ dtype: 'F32', shape: [1], data })).toBe(data);
    expect(toFloat32({ dtype: 'F64', shape: [1], data: Float64Array.of(0.1) })[0]).toBe(Math.fround(0.1));
  });

  it('reads half precision: normal, subnormal, largest, zeros, infinities, NaN', () => {
    // IEEE 754: 0x3c00 is 1, 0xc000 -2, 0x0001 2^-24, 0x0400 2^-14, 0x7bff 65504 (the largest), 0x3555 about 1/3.
    const data = Uint16Array.of(
      0x3c00,
      0xc000,
      0x0001,
      0x0400,
      0x7bff,
      0x3555,
      0x8000,
      0x7c00,
      0xfc00,
      0x7e00,
    );
    const values = toFloat32({ dtype: 'F16', shape: [10], data });
    const expected = [1, -2, 2 ** -24, 2 ** -14, 65504, 0.333251953125, -0, Infinity, -Infinity, Number.NaN];
    expect([...values]).toEqual(expected);
  });

  it('reads bfloat16 as the upper half of a float32', () => {
    const data = Uint16Array.of(0x3f80, 0xc040, 0x7f80);
    expect([...toFloat32({ dtype: 'BF16', shape: [3], data })]).toEqual([1, -3, Infinity]);
  });

  it('refuses what float32 might not hold', () => {
    const data = BigInt64Array.of(1n);
    expect(() => toFloat32({ dtype: 'I64', shape: [1], data })).toThrow(
      "tensor.dtype: expected F16, BF16, F32 or F64, got 'I64'",
    );
  });
});
