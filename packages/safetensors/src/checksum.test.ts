import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumFault, checksumMetadata, tensorsChecksum } from './checksum.js';
import { decodeHeader, decodeSafetensors } from './decode.js';
import { encodeSafetensors } from './encode.js';
import type { Tensor } from './tensor.js';

const tensors: Record<string, Tensor> = {
  a: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 0) },
  b: { dtype: 'I32', shape: [3], data: Int32Array.of(1, 2, 3) },
};

describe('the checksum of tensors', () => {
  it('fits what was written, whatever the order of names', () => {
    const file = decodeSafetensors(encodeSafetensors(tensors, checksumMetadata(tensors)));
    expect(checksumFault(file)).toBeUndefined();
    expect(tensorsChecksum({ b: tensors.b, a: tensors.a })).toBe(
      tensorsChecksum(new Map(Object.entries(tensors))),
    );
  });

  it('is missing in files of other programs', () => {
    expect(checksumFault(decodeSafetensors(encodeSafetensors(tensors)))).toBe('missing');
  });

  it('notices damage at any bit of the data', () => {
    const whole = encodeSafetensors(tensors, checksumMetadata(tensors));
    const { dataStart } = decodeHeader(whole);
    fc.assert(
      fc.property(fc.integer({ min: dataStart * 8, max: whole.length * 8 - 1 }), (bit) => {
        const damaged = whole.slice();
        damaged[bit >> 3] ^= 1 << (bit & 7);
        expect(checksumFault(decodeSafetensors(damaged))).toBe('different');
      }),
      { numRuns: 1000 },
    );
  });

  it('is of names, types and shapes, too', () => {
    const renamed = { ...tensors, c: tensors.a };
    const turned = { ...tensors, a: { ...tensors.a, shape: [4] } };
    const values = [tensors, renamed, turned].map((some) => tensorsChecksum(some));
    expect(new Set(values).size).toBe(3);
  });
});
