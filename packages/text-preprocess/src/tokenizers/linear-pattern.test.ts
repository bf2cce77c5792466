import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearFinder, NonlinearPatternError } from './linear-pattern.js';

/** A flag that TypeScript knows for newer targets alone. */
const sets: string = 'v';

const ours = (pattern: RegExp, text: string) =>
  [...linearFinder(pattern)(text)].map(({ 0: match, index }) => [index, match]);
const native = (pattern: RegExp, text: string) => {
  const all = new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`);
  return [...text.matchAll(all)].map(({ 0: match, index }) => [index, match]);
};

describe('linearFinder finds what JavaScript finds', () => {
  const text = "The  cat's 12,345 mice\r\n\tate É😀x\u2028 aab aaab éſK\ud83d _b1 {2} ]-a+b(c)";
  it.each([
    /a*|b/,
    /a*?b/,
    /(?:a|ab)(?:c|bcd)?/,
    /(a*)*b?/,
    /(?:a*?)+b/,
    /(?:|a)+b/,
    /(?:a?){3}b/,
    /(?:a?b??){2,4}/,
    /(?:a{0,2}){2}$/,
    /^\w+|\w+$/m,
    /^\S+/,
    /\bx|\B\w/u,
    /./,
    /./su,
    /[\s\S]/u,
    /\p{L}+|\p{N}{1,3}|[^\s\p{L}\p{N}]+/u,
    /'s|'t| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/u,
    /(?<=a)b|(?<!a)c/,
    /(?<=\p{L}{2})./u,
    /(?<=(?:aa|a)+)b/,
    /(?=a+b)a/,
    /(?!aa)a./,
    /(?:(?=(?<atomic0>a+))\k<atomic0>)b?/u,
    /s|k/iu,
    /[a-f]+/i,
    /\u{1f600}|\ud83d/u,
    /\ud83d\ude00/,
    /\ud83d/,
    new RegExp(String.raw`[\p{L}--[a-z]]`, sets),
    /a{|b{x|]|\x61\u0062\cI/,
    /\t|\r\n|[\]\\-]/,
    // TypeScript knows these with the flag u alone.
    new RegExp(['\\u{2}', '\\p{2}', '\\ud83d\\ude00', '\\x{2'].join('|')),
    /(?:(?:){3}a){2}/,
    /(?<name>a)(b)/,
    /$|^/,
  ])('%s', (pattern) => {
    expect(ours(pattern, text)).toEqual(native(pattern, text));
    expect(ours(pattern, '')).toEqual(native(pattern, ''));
  });

  // Ten thousand in the nightly run.
  const patterns = process.env.THROUGHTIME_LONG ? 10_000 : 2_000;
  it(`for ${patterns} random patterns and texts`, () => {
    const { pattern } = fc.letrec<{ pattern: string; term: string }>((tie) => ({
      term: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(
          'a',
          'b',
          'c',
          '.',
          '[ab]',
          '[^a]',
          '\\b',
          '\\B',
          '^',
          '$',
          '\\w',
          '\\n',
          '😀',
          '\\s',
        ),
        fc
          .tuple(
            fc.constantFrom('(?:', '(', '(?=', '(?!', '(?<=', '(?<!'),
            tie('pattern'),
            fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,3}?', '{2,}'),
          )
          .map(([open, body, quantifier]) => `${open}${body})${/[=!]$/.test(open) ? '' : quantifier}`),
        fc
          .tuple(fc.constantFrom('a', 'b', '.', '[ab]'), fc.constantFrom('*', '+', '?', '*?', '+?', '{2,3}'))
          .map((both) => both.join('')),
      ),
      pattern: fc
        .array(fc.array(tie('term'), { maxLength: 3 }), { minLength: 1, maxLength: 3 })
        .map((options) => options.map((terms) => terms.join('')).join('|')),
    }));
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', '\n', ' ', '😀', '\ude00'), { maxLength: 12 });
    let compared = 0;
    fc.assert(
      fc.property(pattern, fc.constantFrom('', 'u', 'i', 'm', 'su', 'v'), texts, (source, flags, units) => {
        let expression: RegExp;
        try {
          expression = new RegExp(source, flags);
        } catch {
          return;
        }
        const subject = units.join('');
        let found: unknown[];
        try {
          found = ours(expression, subject);
        } catch (error) {
          expect(error).toBeInstanceOf(NonlinearPatternError);
          return;
        }
        const expected = native(expression, subject);
        // V8 begins some empty matches between the halves of a character, where the standard has none.
        const isBetween = ([index]: (string | number)[]) =>
          /[uv]/.test(flags) && /^[\ud800-\udbff][\udc00-\udfff]/.test(subject.slice(Number(index) - 1));
        if (expected.some((match) => Number(match[0]) > 0 && isBetween(match))) return;
        compared++;
        expect(found).toEqual(expected);
      }),
      { numRuns: patterns },
    );
    expect(compared).toBeGreaterThan(0.9 * patterns);
  });
});

describe('linearFinder takes linear time', () => {
  // With JavaScript's own engine each of these takes hours or longer.
  it.each([
    ['(a+)+$', 'a', '!'],
    ['(a|aa)+$', 'a', '!'],
    ['(.*)*x', 'a', ''],
    ['a*b', 'a', ''],
    ['(?=a*b)a', 'a', ''],
    ['(?=a*c?)a(?=.*$)', 'a', ''],
    ['(?<=^a*)b', 'a', 'b'],
    ['(?<!b.*)c', 'a', ''],
    ['(?:(?=(?<atomic0>a+))\\k<atomic0>)b', 'a', ''],
    ['(?:a?){30}a{30}b', 'a', ''],
    ['((a*)*)*b', 'a', ''],
  ])('%s on %s repeated', (source, unit, end) => {
    const finder = linearFinder(new RegExp(source, 'u'));
    expect([...finder(unit.repeat(100_000) + end)].length).toBeLessThanOrEqual(100_000);
  });

  it.each([
    ['escapes that never end', '\\u{'.repeat(200_000), ''],
    ['repetitions of nothing', 'a(?:){9999999999}(?:(?:){1e9}|b)'.replace('1e9', '1000000000'), 'u'],
    ['repetitions of nothing within each other', `a${'(?:'.repeat(99)}${'){4000000000}'.repeat(99)}`, 'u'],
  ])('reads %s in linear time', (_, source, flags) => {
    const finder = (() => {
      try {
        return linearFinder(new RegExp(source, flags));
      } catch (error) {
        expect(error).toBeInstanceOf(NonlinearPatternError);
        return undefined;
      }
    })();
    expect(finder === undefined || [...finder('a')].length === 1).toBe(true);
  });

  it('refuses what it cannot promise that for', () => {
    expect(() => linearFinder(new RegExp('a|b|'.repeat(1000), 'u'))).toThrow('more than 2000 states');
    expect(() => linearFinder(/(a+)\1/)).toThrow('back references');
    expect(() => linearFinder(/(?<x>a+)b\k<x>/)).toThrow(NonlinearPatternError);
    expect(() => linearFinder(/(?:a{1000}){1000}/)).toThrow('more than 2000 states');
    expect(() => linearFinder(new RegExp(String.raw`\p{RGI_Emoji}`, sets))).toThrow(
      'more than one character',
    );
  });
});
