import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors } from './decode.js';
import { arrayConstructors, type Dtype } from './dtype.js';
import { encodeChunks, encodeSafetensors } from './encode.js';
import { InvalidTensorError, InvalidValueError } from './errors.js';
import { elementCount, type Tensor } from './tensor.js';

const dtypes = Object.keys(arrayConstructors) as Dtype[];

/** A tensor of any data type and shape, sizes 0 and scalars included, holding any bits. */
const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }))
  .chain(([dtype, shape]) => {
    const Data = arrayConstructors[dtype];
    const count = elementCount(shape);
    const length = count * Data.BYTES_PER_ELEMENT;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
      const data = new Data(bytes.slice().buffer, 0, count);
      if (dtype === 'BOOL') for (const [i, byte] of bytes.entries()) data[i] = byte % 2;
      return { dtype, shape, data } as Tensor;
    });
  });

const names = fc.string({ unit: 'binary', maxLength: 6 }).filter((name) => name !== '__metadata__');
const anyTensors = fc.array(fc.tuple(names, anyTensor), { maxLength: 6 }).map((list) => new Map(list));
const anyMetadata = fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ unit: 'binary', maxLength: 5 }), {
  noNullPrototype: true,
});

const bytesOf = ({ data }: Tensor) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

/** A file with a BOOL tensor `mask` of any bytes, as another program may write it. */
function fileOfFlags(data: Uint8Array): Uint8Array {
  const tensors = { mask: { dtype: 'BOOL', shape: [data.length], data_offsets: [0, data.length] } };
  const header = new TextEncoder().encode(JSON.stringify(tensors));
  const file = new Uint8Array(8 + header.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  file.set(data, 8 + header.length);
  return file;
}

describe('encodeSafetensors and decodeSafetensors', () => {
  it('give back every bit of any tensors and metadata', () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
        expect(read.metadata).toEqual(metadata);
        expect([...read.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
        for (const [name, tensor] of tensors) {
          const back = read.tensors.get(name) as Tensor;
          expect(back.dtype).toBe(tensor.dtype);
          expect(back.shape).toEqual(tensor.shape);
          expect(back.data.constructor).toBe(tensor.data.constructor);
          expect(bytesOf(back)).toEqual(bytesOf(tensor));
        }
      }),
    );
  });

  it('refuse bytes of BOOL other than 0 and 1, and say where', () => {
    const flags = fc
      .uint8Array({ minLength: 1, maxLength: 9, max: 3 })
      .filter((bytes) => bytes.some((byte) => byte > 1));
    fc.assert(
      fc.property(flags, (data) => {
        const shape = [data.length];
        const wrong = data.findIndex((byte) => byte > 1);
        const message = `: expected 0 or 1 in every value of BOOL, got ${data[wrong]} in data[${wrong}]`;
        const encode = () => encodeSafetensors({ mask: { dtype: 'BOOL', shape, data } });
        expect(encode).toThrow(InvalidTensorError);
        expect(encode).toThrow(`tensors['mask']${message}`);
        const decode = () => decodeSafetensors(fileOfFlags(data));
        expect(decode).toThrow(InvalidValueError);
        expect(decode).toThrow(`tensor 'mask'${message}`);
      }),
    );
  });

  it('agree on what metadata is: whatever is written is read back', () => {
    const anyUnits = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) });
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.anything(), anyUnits);
    const metadata = fc.dictionary(fc.string({ unit: fc.constantFrom('a', '\ud800', '\udc00', '"') }), value);
    fc.assert(
      fc.property(metadata, (written) => {
        let bytes: Uint8Array;
        try {
          bytes = encodeSafetensors({}, written as Record<string, string>);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidTensorError);
          return;
        }
        expect(new TextDecoder().decode(bytes.subarray(8))).not.toMatch(/\\ud[89a-f]/);
        expect({ ...decodeSafetensors(bytes).metadata }).toEqual({ ...written });
      }),
      { numRuns: 1000 },
    );
  });

  it('read from any place in a buffer, aligned or not', () => {
    fc.assert(
      fc.property(anyTensors, fc.nat(8), (tensors, offset) => {
        const bytes = encodeSafetensors(tensors);
        const shifted = new Uint8Array(bytes.byteLength + offset).subarray(offset);
        shifted.set(bytes);
        const read = decodeSafetensors(shifted);
        for (const [name, tensor] of tensors) {
          expect(bytesOf(read.tensors.get(name) as Tensor)).toEqual(bytesOf(tensor));
        }
      }),
    );
  });

  it('write the same bytes whatever the order of insertion', () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const reversed = new Map([...tensors].reverse());
        const reversedMetadata = Object.fromEntries(Object.entries(metadata).reverse());
        expect(encodeSafetensors(reversed, reversedMetadata)).toEqual(encodeSafetensors(tensors, metadata));
      }),
    );
  });

  it('give views of the bytes, not copies, where the data is aligned', () => {
    const bytes = encodeSafetensors({ w: { dtype: 'F64', shape: [2], data: Float64Array.of(1, 2) } });
    expect(decodeSafetensors(bytes).tensors.get('w')?.data.buffer).toBe(bytes.buffer);
    expect(decodeSafetensors(bytes.buffer as ArrayBuffer).tensors.get('w')?.data).toEqual(
      Float64Array.of(1, 2),
    );
  });

  it('write pieces that are views of the tensors', () => {
    const data = Float32Array.of(1, 2);
    const [, piece] = encodeChunks({ w: { dtype: 'F32', shape: [2], data } });
    expect(piece.buffer).toBe(data.buffer);
  });

  it('copies memory that threads share into pieces that a blob takes', async () => {
    const data = new Float32Array(new SharedArrayBuffer(8));
    data.set([1, 2]);
    const pieces = encodeChunks({ w: { dtype: 'F32', shape: [2], data } });
    const blob = new Blob(pieces as Uint8Array<ArrayBuffer>[]);
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(
      encodeSafetensors({ w: { dtype: 'F32', shape: [2], data } }),
    );
    expect(pieces[1].buffer).toBeInstanceOf(ArrayBuffer);
  });
});
