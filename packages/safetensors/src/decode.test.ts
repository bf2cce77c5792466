import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeader, decodeSafetensors } from './decode.js';
import { encodeSafetensors } from './encode.js';
import {
  HeaderTooLargeError,
  InvalidHeaderError,
  SafetensorsError,
  TruncatedSafetensorsError,
  UnreadableDtypeError,
} from './errors.js';

/** A file with this header, true or not, and this many bytes of data. */
function fileOf(header: string | object, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.byteLength + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  bytes.set(json, 8);
  return bytes;
}

const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('decodeSafetensors', () => {
  it('reads a file made by hand, with padding and fields in another order', () => {
    const bytes = fileOf(
      '{"w":{"data_offsets":[0,4],"shape":[],"dtype":"F32"}, "__metadata__":{"a":"b"}}   ',
      4,
    );
    bytes.set([0, 0, 0x40, 0x40], bytes.byteLength - 4);
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect(tensors.get('w')).toEqual({ dtype: 'F32', shape: [], data: Float32Array.of(3) });
    expect(metadata).toEqual({ a: 'b' });
  });

  it('keeps names that objects treat specially', () => {
    const { tensors } = decodeSafetensors(
      fileOf('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    );
    expect([...tensors.keys()]).toEqual(['__proto__']);
  });

  it('says how many bytes are missing at every length short of the whole', () => {
    const whole = encodeSafetensors({ w: { dtype: 'F32', shape: [3], data: new Float32Array(3) } });
    for (let length = 0; length < whole.byteLength; length++) {
      expect(() => decodeSafetensors(whole.subarray(0, length))).toThrow(TruncatedSafetensorsError);
    }
    expect(() => decodeSafetensors(whole.subarray(0, whole.byteLength - 5))).toThrow(
      `cut short: expected ${whole.byteLength} bytes in the file, got ${whole.byteLength - 5} (5 missing)`,
    );
  });

  it('refuses a header that announces more than the limit, before looking further', () => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(() => decodeSafetensors(bytes)).toThrow(HeaderTooLargeError);
    expect(() => decodeSafetensors(bytes)).toThrow('the file announces 9223372036854775808');
    expect(() => decodeHeader(fileOf({}), { maxHeaderBytes: 1 })).toThrow(
      'at most 1 bytes, the file announces 2',
    );
  });

  it.each<[string, string | object, number, string]>([
    ['no JSON', '{"a"', 0, 'header: expected JSON'],
    ['no object', '[]', 0, "expected to start with '{'"],
    ['leading space', ' {}', 0, "expected to start with '{'"],
    ['a broken string', '{"\\x":1}', 0, 'broken string'],
    [
      'a name twice',
      '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{}}',
      0,
      "'a' stands twice",
    ],
    [
      'a field twice',
      '{"a":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
      0,
      "'dtype' stands twice",
    ],
    ['deep nesting', `{"a":${'['.repeat(100_000)}`, 0, 'nested deeper than 127'],
    ['a tensor that is a list', { a: [] }, 0, "tensor 'a': expected an object"],
    [
      'a dtype that is no text',
      { a: { ...f32(0, 4), dtype: 31 } },
      4,
      'expected the name of a dtype, got 31',
    ],
    [
      'a length that disagrees with F8',
      { a: { ...f32(0, 4), dtype: 'F8_E4M3', shape: [3] } },
      4,
      'expected 3 bytes',
    ],
    [
      'an odd number of halves of a byte',
      { a: { ...f32(0, 2), dtype: 'F4', shape: [3] } },
      2,
      'expected 1.5 bytes',
    ],
    ['a missing shape', { a: { dtype: 'F32', data_offsets: [0, 4] } }, 4, 'expected a shape that is a list'],
    ['a negative size', { a: f32(0, 4, [-1, -1]) }, 4, 'a shape of whole numbers'],
    ['a fraction', { a: f32(0, 4, [0.5, 2]) }, 4, 'a shape of whole numbers'],
    ['a shape that overflows', { a: f32(0, 4, [2 ** 40, 2 ** 40]) }, 4, 'whose product is below 2^53'],
    ['offsets reversed', { a: f32(4, 0, [1]) }, 4, 'begin <= end'],
    [
      'three offsets',
      { a: { ...f32(0, 4), data_offsets: [0, 4, 4] } },
      4,
      'expected data_offsets [begin, end]',
    ],
    [
      'a length that disagrees',
      { a: f32(0, 8, [1]) },
      8,
      'expected 4 bytes for F32 of shape [1], got 8 (data_offsets [0, 8])',
    ],
    ['an overlap', { a: f32(0, 8), b: f32(4, 12) }, 12, "tensor 'b': starts at 4, inside the one before it"],
    ['a hole', { a: f32(0, 4), b: f32(8, 12) }, 12, "tensor 'b': starts at 8 and leaves a hole after 4"],
    ['a hole at the start', { a: f32(4, 8) }, 8, 'leaves a hole after 0'],
    ['bytes of nobody', { a: f32(0, 4) }, 7, '3 belong to no tensor'],
    ['more than there is', { a: f32(0, 4e15) }, 4, 'cut short'],
    ['metadata that is no object', { __metadata__: [] }, 0, '__metadata__: expected an object of strings'],
    ['metadata that is no text', { __metadata__: { a: 1 } }, 0, "expected a string for 'a', got 1"],
  ])('refuses %s', (_, header, dataBytes, message) => {
    expect(() => decodeSafetensors(fileOf(header, dataBytes))).toThrow(message);
    expect(() => decodeSafetensors(fileOf(header, dataBytes))).toThrow(SafetensorsError);
  });

  it('takes no metadata given as null, and fields that it does not know, as the reference implementation does', () => {
    const unknown = { ...f32(0, 4, [1]), note: { deep: [[{ x: 1 }]] }, x: null };
    const read = decodeSafetensors(fileOf({ __metadata__: null, a: unknown }, 4));
    expect(read.metadata).toEqual({});
    expect(read.tensors.get('a')?.data).toEqual(new Float32Array(1));
  });

  it.each(['F8_E4M3', 'F8_E5M2', 'F8_E8M0', 'Q9'])('reads the tensors beside one of %s', (dtype) => {
    const file = fileOf({ a: f32(0, 4, [1]), q: { dtype, shape: [2], data_offsets: [4, 6] } }, 6);
    expect(decodeHeader(file).entries.get('q')).toEqual({ dtype, shape: [2], begin: 4, end: 6 });
    const { tensors } = decodeSafetensors(file);
    expect([...tensors.keys()]).toEqual(['a']);
    expect(tensors.get('a')?.shape).toEqual([1]);
    expect(tensors.get('b')).toBeUndefined();
    expect(() => tensors.get('q')).toThrow(UnreadableDtypeError);
    expect(() => tensors.get('q')).toThrow(`tensor 'q': expected a dtype among BOOL, U8`);
  });

  it('reads a file with an empty tensor of another dtype', () => {
    const file = fileOf(
      { scaled_fp8: { dtype: 'F8_E4M3', shape: [0], data_offsets: [0, 0] }, a: f32(0, 4, [1]) },
      4,
    );
    expect(decodeSafetensors(file).tensors.get('a')?.data).toHaveLength(1);
  });

  it('refuses options that it does not know', () => {
    const unknown = { maxHeaderByte: 1 } as object;
    expect(() => decodeSafetensors(fileOf({}), unknown)).toThrow("did you mean 'maxHeaderBytes'?");
    expect(() => decodeHeader(fileOf({}), { maxHeaderBytes: -1 })).toThrow(
      'maxHeaderBytes: expected a whole number of at least 0, got -1',
    );
    expect(() => decodeHeader(fileOf({}), 100 as unknown as object)).toThrow(ArgumentError);
  });

  it('refuses a header that is not UTF-8', () => {
    const bytes = fileOf('{"a":1}');
    bytes[10] = 0xff;
    expect(() => decodeSafetensors(bytes)).toThrow(InvalidHeaderError);
  });

  it('meets any bytes with tensors or a named error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => expectTensorsOrError(bytes)),
      { numRuns: 2000 },
    );
  });

  it('meets any damage to a good file with tensors inside its bytes or a named error', () => {
    const good = encodeSafetensors(
      {
        w: { dtype: 'F32', shape: [2], data: new Float32Array(2) },
        n: { dtype: 'U8', shape: [1], data: new Uint8Array(1) },
      },
      { k: 'v' },
    );
    const damage = fc.array(fc.tuple(fc.nat(good.byteLength - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        expectTensorsOrError(bytes);
      }),
      { numRuns: 5000 },
    );
  });

  it('meets any header with tensors or a named error', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('F32', 'U8', [0, 4], [1], []));
    const entry = fc.record({ dtype: value, shape: value, data_offsets: value }, { requiredKeys: [] });
    const header = fc.dictionary(fc.constantFrom('a', 'b', '__metadata__'), fc.oneof(entry, value));
    fc.assert(
      fc.property(header, fc.nat(8), (fields, dataBytes) => expectTensorsOrError(fileOf(fields, dataBytes))),
      { numRuns: 2000 },
    );
  });
});

function expectTensorsOrError(bytes: Uint8Array): void {
  try {
    let total = 0;
    for (const { data } of decodeSafetensors(bytes).tensors.values()) total += data.byteLength;
    expect(total).toBeLessThan(bytes.byteLength);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
  }
}

it('reads tensors that are not aligned from a Buffer, too, which is what readFile gives', () => {
  const header = new TextEncoder().encode('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}');
  const file = new Uint8Array(8 + header.length + 8);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  file.set(new Uint8Array(Float32Array.of(1, 2).buffer), 8 + header.length);
  expect(header.length % 4).not.toBe(0);
  for (const bytes of [file, Buffer.from(file), new Uint8Array([9, ...file]).subarray(1)])
    expect(decodeSafetensors(bytes).tensors.get('a')?.data).toEqual(Float32Array.of(1, 2));
});
