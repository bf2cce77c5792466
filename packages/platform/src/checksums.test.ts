import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumText, crc32, crc32c } from './checksums.js';

describe('crc32c', () => {
  it.each([
    // RFC 3720, appendix B.4, and the usual check value.
    ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 incrementing bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });
});

describe('crc32', () => {
  it('is what gzip writes at its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const packed = gzipSync(bytes);
        expect(crc32(bytes)).toBe(packed.readUInt32LE(packed.length - 8));
      }),
    );
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

describe('either', () => {
  it.each([
    ['crc32', crc32],
    ['crc32c', crc32c],
  ])('%s can be continued from any place', (_, crc) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (a, b) => {
        expect(crc(b, crc(a))).toBe(crc(Uint8Array.from([...a, ...b])));
      }),
    );
  });

  it('is written with eight digits', () => {
    expect(checksumText(0xabc)).toBe('00000abc');
    expect(checksumText(2 ** 32 - 1)).toBe('ffffffff');
  });
});
