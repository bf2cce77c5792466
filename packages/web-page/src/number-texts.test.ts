import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Language, languageNames } from './language.js';
import { NumberTexts } from './number-texts.js';

describe('NumberTexts', () => {
  it('writes numbers as readers of English and of Portuguese do', () => {
    const en = new NumberTexts('en');
    const pt = new NumberTexts('pt-BR');
    expect([en.count(1_234_567), pt.count(1_234_567)]).toEqual(['1,234,567', '1.234.567']);
    expect([en.fixed(-1234.5, 2), pt.fixed(-1234.5, 2)]).toEqual(['-1,234.50', '-1.234,50']);
    expect([en.percent(0.0123, 1), pt.percent(0.0123, 1)]).toEqual(['1.2%', '1,2%']);
    expect([en.scientific(123_456), pt.scientific(0.00012)]).toEqual(['1.2×10⁵', '1,2×10⁻⁴']);
    // Of a run that diverged.
    expect([en.fixed(Infinity, 2), pt.precise(-Infinity, 2), en.percent(NaN)]).toEqual(['∞', '-∞', 'NaN%']);
    expect([en.precise(0.012345, 3), pt.precise(1200, 3)]).toEqual(['0.0123', '1.200']);
  });

  it('writes what Intl writes', () => {
    const languages = Object.keys(languageNames) as Language[];
    // Never halfway between two numbers, which binary fractions and decimal ones round differently.
    const value = fc
      .tuple(fc.integer({ min: -1e7, max: 1e7 }), fc.constantFrom(1, 2, 3, 4, 6, 7, 8, 9), fc.nat({ max: 6 }))
      .map(([digits, last, places]) => Number(`${digits}${last}e-${places}`));
    fc.assert(
      fc.property(fc.constantFrom(...languages), value, fc.nat({ max: 4 }), (language, x, digits) => {
        const texts = new NumberTexts(language);
        const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
        const intl = (options: Intl.NumberFormatOptions) =>
          new Intl.NumberFormat(language, { ...options, signDisplay: 'negative' }).format(x);
        expect(texts.fixed(x, digits)).toBe(intl(fraction));
        expect(texts.precise(x, digits + 1)).toBe(intl({ maximumSignificantDigits: digits + 1 }));
        expect(texts.percent(x, digits)).toBe(intl({ style: 'percent', ...fraction }));
      }),
    );
  });
});
