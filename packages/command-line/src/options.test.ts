import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerOption, numberListOption, numberOption } from './options.js';

describe('integerOption', () => {
  it('accepts whole numbers within the bounds, signs included', () => {
    expect(integerOption()('42')).toBe(42);
    expect(integerOption()('-3')).toBe(-3);
    expect(integerOption({ min: 1, max: 5 })('5')).toBe(5);
  });

  it.each(['', ' ', '1.5', '1e3', 'ten', '0x10', '99999', '99999999999999999999'])(
    'refuses %o, naming it',
    (text) => {
      const parse = integerOption({ min: 1, max: 10 });
      expect(() => parse(text)).toThrow(InvalidArgumentError);
      expect(() => parse(text)).toThrow(`Expected a whole number from 1 to 10, got '${text}'.`);
    },
  );
});

describe('integerOption beyond 2^53', () => {
  it.each(['9007199254740992', '-9007199254740992', '9007199254740993', '99999999999999999999'])(
    'refuses %o, which a number does not hold exactly',
    (text) => {
      const message = `Expected a whole number between -(2^53 - 1) and 2^53 - 1, got '${text}'.`;
      expect(() => integerOption()(text)).toThrow(message);
      if (!text.startsWith('-')) expect(() => integerOption({ min: 1 })(text)).toThrow(message);
    },
  );

  it('accepts the largest', () => {
    expect(integerOption()('9007199254740991')).toBe(2 ** 53 - 1);
  });
});

describe('any option', () => {
  it('refuses bounds that it does not know', () => {
    expect(() => integerOption({ from: 1 } as object)).toThrow('from: expected the name of an option');
  });

  it('reads back what JavaScript writes', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (whole, number) => {
          expect(integerOption()(String(whole))).toBe(whole);
          expect(numberOption()(String(number))).toBeCloseTo(number, 12);
        },
      ),
    );
  });
});

describe('numberOption', () => {
  it('accepts finite numbers in any notation', () => {
    expect(numberOption()('0.5')).toBe(0.5);
    expect(numberOption()('1e-3')).toBe(0.001);
    expect(['1e3', '1E+3', '+.5', '5.', ' -2.5e2 '].map((text) => numberOption()(text))).toEqual([
      1000, 1000, 0.5, 5, -250,
    ]);
  });

  it.each([
    '',
    ' ',
    'NaN',
    'Infinity',
    'x',
    '-1',
    '0x10',
    '0b1',
    '0o7',
    '1_000',
    '1e999',
    '.',
    'e3',
    '1e',
    '1 2',
  ])('refuses %o', (text) => {
    expect(() => numberOption({ min: 0 })(text)).toThrow(
      `Expected a finite number of at least 0, got '${text}'.`,
    );
  });
});

describe('numberListOption', () => {
  it('splits at commas and checks each', () => {
    expect(numberListOption({ min: 1 })('1, 4,16')).toEqual([1, 4, 16]);
    expect(() => numberListOption({ min: 1 })('1,,4')).toThrow("got ''");
    expect(() => numberListOption({ min: 1 })('1,0')).toThrow("got '0'");
  });
});
