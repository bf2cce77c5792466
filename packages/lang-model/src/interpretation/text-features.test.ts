import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type TextFeatureName, textFeatures } from './text-features.js';

/** The values of a feature over the characters of a text, as digits. */
function valuesOf(text: string, name: TextFeatureName): string {
  const { values } = textFeatures([...text]).find((feature) => feature.name === name)!;
  return [...values].join('');
}

it('knows what is inside quotation marks', () => {
  expect(valuesOf('a "b" c', 'quotes')).toBe('0011000');
  expect(valuesOf('a “b” „c“ «d»', 'quotes')).toBe('0011001100110');
  // An apostrophe quotes nothing, and an empty line ends what was left open.
  expect(valuesOf("don't", 'quotes')).toBe('00000');
  expect(valuesOf('"a\n\nb', 'quotes')).toBe('11100');
});

it('counts the place in the line, and finds beginnings of words', () => {
  expect(valuesOf('ab\ncd', 'line-position')).toBe('12012');
  expect(valuesOf("it's 5th, élan", 'word-start')).toBe('10000000001000');
});

it('finds digits, capitals and ends of sentences', () => {
  expect(valuesOf('a1 B٣', 'digits')).toBe('01001');
  expect(valuesOf('aB É', 'capitals')).toBe('0101');
  expect(valuesOf('Go! "No." I', 'sentence-end')).toBe('00111001110');
});

it('measures tokens of several characters after their last one, whatever the text is', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 4 }), { maxLength: 20 }), (pieces) => {
      const whole = textFeatures(pieces);
      const characters = textFeatures([...pieces.join('')]);
      for (const [f, { kind, values }] of whole.entries()) {
        expect(values).toHaveLength(pieces.length);
        if (kind === 'yes-no') expect([...values].every((value) => value === 0 || value === 1)).toBe(true);
        const last = pieces.join('') === '' ? 0 : characters[f].values.at(-1);
        if (['quotes', 'line-position', 'sentence-end'].includes(whole[f].name) && pieces.length > 0)
          expect(values.at(-1)).toBe(last);
      }
    }),
  );
});

it('refuses what is no text', () => {
  expect(() => textFeatures([1] as unknown as string[])).toThrow(ArgumentError);
});
