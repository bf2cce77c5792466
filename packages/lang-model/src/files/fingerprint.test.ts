import { describe, expect, it } from 'vitest';
import { fnv1a } from './fingerprint.js';

describe('fnv1a', () => {
  // Test vectors of draft-eastlake-fnv, appendix C.
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])("of '%s' is %s", (text, expected) => {
    expect(fnv1a(new TextEncoder().encode(text))).toBe(expected);
  });

  it('is that of exact arithmetic', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
    let hash = 0xcbf29ce484222325n;
    for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    expect(fnv1a(bytes)).toBe(hash.toString(16).padStart(16, '0'));
  });
});
