import { describe, expect, it } from 'vitest';
import { isBlank, splitWhitespace, stripWhitespace, whiteSpace } from './whitespace.js';

/** Every code point that is white space by `has`. */
function members(has: (character: string) => boolean): number[] {
  const found: number[] = [];
  for (let code = 0; code < 0x110000; code++) {
    if ((code < 0xd800 || code > 0xdfff) && has(String.fromCodePoint(code))) found.push(code);
  }
  return found;
}

/** The code points of Unicode's White_Space, written out. */
const UNICODE = [
  ...[0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680],
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
  ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
];

describe('whiteSpace', () => {
  it.each([
    // Lists of Python 3.11's str.isspace and of its module regex, 2026.11.
    ['unicode', UNICODE],
    ['pythonRegex', UNICODE],
    ['pythonSplit', [...UNICODE, 0x1c, 0x1d, 0x1e, 0x1f].sort((a, b) => a - b)],
    ['javascript', members((character) => /\s/.test(character))],
  ] as const)('%s has exactly its characters, as table and as class', (name, expected) => {
    const { table, inClass, othersInClass } = whiteSpace[name];
    const inside = new RegExp(`^[${inClass}]$`, 'u');
    const others = new RegExp(`^[${othersInClass}]$`, 'u');
    expect(members((character) => character.length === 1 && table[character.charCodeAt(0)] === 1)).toEqual(
      expected,
    );
    expect(members((character) => inside.test(character))).toEqual(expected);
    expect(members((character) => !others.test(character))).toEqual(expected);
  });

  it('agrees with the property of the same name', () => {
    expect(members((character) => /\p{White_Space}/u.test(character))).toEqual(UNICODE);
  });
});

it("splits, strips and sees blanks as Python's str", () => {
  expect(splitWhitespace('\x1ca\x85b\ufeff c\u3000')).toEqual(['a', 'b\ufeff', 'c']);
  expect(stripWhitespace('\x1f\ufeff \x85')).toBe('\ufeff');
  expect([isBlank(''), isBlank(' \x1c\x85'), isBlank('\ufeff')]).toEqual([true, true, false]);
});
