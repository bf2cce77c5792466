import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidUtf8Error } from '../errors.js';
import { asynchronous } from '../fixtures/nasty-text.js';
import { decodeUtf8, decodeUtf8Chunks, decodeUtf8Stream, type Utf8Options } from './utf8.js';

const encoder = new TextEncoder();

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const length of lengths) {
    chunks.push(bytes.subarray(start, start + length));
    start += length;
  }
  return [...chunks, bytes.subarray(start)];
}

const lengths = fc.array(fc.nat({ max: 7 }));

describe('decodeUtf8', () => {
  it('gives any text back, whole and in chunks cut anywhere', async () => {
    const text = fc.string({ unit: 'binary' }).map((value) => encoder.encode(value));
    await fc.assert(
      fc.asyncProperty(text, lengths, async (bytes, places) => {
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        expect(decodeUtf8(bytes)).toBe(expected);
        expect([...decodeUtf8Chunks(cut(bytes, places))].join('')).toBe(expected);
        let streamed = '';
        for await (const piece of decodeUtf8Stream(asynchronous(cut(bytes, places)))) streamed += piece;
        expect(streamed).toBe(expected);
      }),
    );
  });

  it.each<[string, number[], number]>([
    ['a byte that begins nothing', [0x61, 0xff, 0x62], 1],
    ['a continuation alone', [0x61, 0x62, 0x80], 2],
    ['a character that breaks off', [0xe2, 0x82, 0x61], 0],
    ['a character cut off by the end', [0x61, 0xf0, 0x9f, 0x90], 1],
    ['an overlong form', [0x61, 0xc0, 0xaf], 1],
    ['an overlong form of three bytes', [0xe0, 0x9f, 0xbf], 0],
    ['an overlong form of four bytes', [0x61, 0xf0, 0x8f, 0xbf, 0xbf], 1],
    ['a surrogate', [0x61, 0xed, 0xa0, 0x80], 1],
    ['a number past U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 0],
    ['Latin-1', [...Buffer.from('na\u00efve', 'latin1')], 2],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00], 0],
  ])('says where there is %s', (_, values, offset) => {
    const bytes = Uint8Array.from(values);
    for (const size of [1, 2, 3, bytes.length]) {
      const chunks = cut(bytes, Array(Math.ceil(bytes.length / size)).fill(size));
      const decode = () => [...decodeUtf8Chunks(chunks)];
      expect(decode).toThrow(InvalidUtf8Error);
      expect(decode).toThrow(`at byte offset ${offset}.`);
      expect(decode).toThrow(expect.objectContaining({ byteOffset: offset }));
    }
  });

  it('says where in arbitrary bytes, just as TextDecoder says whether', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), lengths, (tail, places) => {
        const bytes = Uint8Array.from([...encoder.encode('Ähab 鯨 🐳'), ...tail]);
        const valid = (length: number) => {
          try {
            new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
            return true;
          } catch {
            return false;
          }
        };
        let caught: unknown;
        try {
          [...decodeUtf8Chunks(cut(bytes, places))];
        } catch (error) {
          caught = error;
        }
        if (valid(bytes.length)) expect(caught).toBeUndefined();
        else {
          // Everything before the offset is UTF-8, and no longer start of the bytes is.
          const { byteOffset } = caught as InvalidUtf8Error;
          expect(valid(byteOffset)).toBe(true);
          for (let length = byteOffset + 1; length <= bytes.length; length++)
            expect(valid(length)).toBe(false);
        }
      }),
    );
  });

  it('replaces what is not UTF-8 when asked, as TextDecoder does, however the bytes are cut', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(bytes, lengths, (input, places) => {
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(input);
        expect([...decodeUtf8Chunks(cut(input, places), { invalid: 'replace' })].join('')).toBe(expected);
      }),
    );
  });

  it('keeps a byte order mark unless asked', () => {
    const bytes = encoder.encode('\ufeffa\ufeff');
    expect(decodeUtf8(bytes)).toBe('\ufeffa\ufeff');
    for (const size of [1, 2, 10]) {
      const chunks = cut(bytes, Array(bytes.length).fill(size));
      expect([...decodeUtf8Chunks(chunks, { byteOrderMark: 'drop' })].join('')).toBe('a\ufeff');
    }
  });

  it('copies what it holds back, since sources reuse their buffers', () => {
    const buffer = encoder.encode('é');
    const decoded = decodeUtf8Chunks(
      (function* () {
        const reused = new Uint8Array(1);
        for (const byte of buffer) {
          reused[0] = byte;
          yield reused;
        }
      })(),
    );
    expect([...decoded].join('')).toBe('é');
  });

  it.each<[string, Utf8Options]>([
    ['invalid', { invalid: 'ignore' as 'error' }],
    ['byteOrderMark', { byteOrderMark: 'strip' as 'drop' }],
    ['inval', { inval: 'replace' } as Utf8Options],
  ])('names %s when it is out of range', (name, options) => {
    expect(() => decodeUtf8(new Uint8Array(), options)).toThrow(ArgumentError);
    expect(() => decodeUtf8(new Uint8Array(), options)).toThrow(new RegExp(`^${name}: expected`));
    // At once, not when the first chunk is asked for.
    expect(() => decodeUtf8Chunks([], options)).toThrow(ArgumentError);
    expect(() => decodeUtf8Stream(asynchronous([]), options)).toThrow(ArgumentError);
  });
});
