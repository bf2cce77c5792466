import { ArgumentError } from '@throughtime/errors';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from './encode.js';
import { InvalidTensorError } from './errors.js';
import type { Tensor } from './tensor.js';

const headerText = (bytes: Uint8Array) => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return new TextDecoder().decode(bytes.subarray(8, 8 + length));
};

const f32 = (...values: number[]): Tensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});

describe('encodeSafetensors', () => {
  it('writes the bytes that the format prescribes', () => {
    const bytes = encodeSafetensors({ a: { dtype: 'F32', shape: [2, 1], data: Float32Array.of(1, -2) } });
    // {"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}} is 56 characters: no padding needed.
    const header = '{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}';
    const expected = [
      ...[56, 0, 0, 0, 0, 0, 0, 0],
      ...new TextEncoder().encode(header),
      ...[0x00, 0x00, 0x80, 0x3f], // 1
      ...[0x00, 0x00, 0x00, 0xc0], // -2
    ];
    expect([...bytes]).toEqual(expected);
  });

  it('lays tensors out widest data type first, then by name, and metadata before them', () => {
    const text = headerText(
      encodeSafetensors(
        new Map<string, Tensor>([
          ['b', f32(1)],
          ['flag', { dtype: 'BOOL', shape: [], data: Uint8Array.of(1) }],
          ['a', f32(2)],
          ['ids', { dtype: 'I64', shape: [1], data: BigInt64Array.of(3n) }],
        ]),
        { z: '1', format: 'pt' },
      ),
    );
    expect(Object.keys(JSON.parse(text))).toEqual(['__metadata__', 'ids', 'a', 'b', 'flag']);
    expect(Object.keys(JSON.parse(text).__metadata__)).toEqual(['format', 'z']);
    expect(JSON.parse(text).flag.data_offsets).toEqual([16, 17]);
  });

  it('pads the header with spaces so that the data starts on an 8-byte border', () => {
    for (const name of ['a', 'ab', 'abc', 'abcd', 'abcde', 'ä']) {
      const bytes = encodeSafetensors({ [name]: f32(1) });
      expect((bytes.byteLength - 4) % 8).toBe(0);
      expect(headerText(bytes).trimEnd()).toMatch(/\}\}$/);
    }
  });

  it('refuses a tensor that does not agree with itself', () => {
    const data = new Float32Array(3);
    expect(() => encodeSafetensors({ w: { dtype: 'F32', shape: [2, 2], data } })).toThrow(InvalidTensorError);
    expect(() => encodeSafetensors({ w: { dtype: 'F32', shape: [2, 2], data } })).toThrow(
      "tensors['w']: expected 4 values for shape [2, 2], got 3",
    );
    const wrongArray = { dtype: 'F64', shape: [3], data } as unknown as Tensor;
    expect(() => encodeSafetensors({ w: wrongArray })).toThrow(
      'expected Float64Array for F64, got Float32Array',
    );
    const unknown = { dtype: 'Q4', shape: [3], data } as unknown as Tensor;
    expect(() => encodeSafetensors({ w: unknown })).toThrow("got 'Q4'");
    expect(() => encodeSafetensors({ __metadata__: f32(1) })).toThrow('kept for metadata');
    expect(() => encodeSafetensors({ '\ud800': f32(1) })).toThrow('half a surrogate pair');
    const noShape = { dtype: 'F32', shape: 3, data } as unknown as Tensor;
    expect(() => encodeSafetensors({ w: noShape })).toThrow(
      "tensors['w']: expected a shape of whole numbers, got 3",
    );
    expect(() => encodeSafetensors({ w: null as unknown as Tensor })).toThrow(InvalidTensorError);
  });

  it.each([
    [undefined, {}, 'tensors: expected a Map or an object of tensors by name, got undefined'],
    [{}, { epoch: 3 }, 'metadata.epoch: expected a string, got 3'],
    [{}, { epoch: undefined }, 'metadata.epoch: expected a string, got undefined'],
    [{}, { ok: true }, 'metadata.ok: expected a string, got true'],
    [{}, { o: { x: 1 } }, 'metadata.o: expected a string, got'],
    [{}, null, 'metadata: expected an object of strings, got null'],
    [{}, new Map([['format', 'pt']]), 'metadata: expected an object of strings, got'],
    [{}, ['pt'], 'metadata: expected an object of strings, got'],
    [{}, { '\ud800': 'x' }, 'expected a key and a value of whole characters, got half a surrogate pair'],
    [{}, { x: 'a\udc00' }, "metadata['x']: expected a key and a value of whole characters"],
    [new Map([[1, f32(1)]]), {}, 'tensors[1]: expected a name that is a string, got 1'],
  ])('refuses %o with metadata %o', (tensors, metadata, message) => {
    expect(() => encodeSafetensors(tensors as never, metadata as never)).toThrow(ArgumentError);
    expect(() => encodeSafetensors(tensors as never, metadata as never)).toThrow(message);
  });

  it('refuses to write a header that readers refuse for its size', () => {
    const metadata = { x: 'x'.repeat(100_000_000) };
    expect(() => encodeSafetensors({}, metadata)).toThrow(InvalidTensorError);
    expect(() => encodeSafetensors({}, metadata)).toThrow('metadata of at most 100000000 bytes as JSON');
  });
});
