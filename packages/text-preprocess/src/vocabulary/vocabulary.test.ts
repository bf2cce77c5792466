import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFormatError, InvalidTokenIdError, UnknownTokenError } from '../errors.js';
import { TokenCounts } from './token-counts.js';
import { Vocabulary, type VocabularyOptions } from './vocabulary.js';

// b 3, c 2, a 2 (c occurs first), d 1
const tokens = ['b', 'c', 'b', 'a', 'c', 'd', 'a', 'b'];
const made = (options: VocabularyOptions) => Vocabulary.fromTokens(tokens, options).tokens;

describe('the order of ids', () => {
  it('is by frequency, ties by first occurrence, when nothing is asked', () => {
    expect(made({})).toEqual(['<unk>', 'b', 'c', 'a', 'd']);
  });

  it('is by frequency, ties alphabetical', () => {
    expect(made({ order: 'frequency-alphabetical' })).toEqual(['<unk>', 'b', 'a', 'c', 'd']);
  });

  it('is alphabetical with the specials in their places', () => {
    expect(made({ order: 'alphabetical', reserved: ['Z'] })).toEqual(['<unk>', 'Z', 'a', 'b', 'c', 'd']);
    expect(made({ order: 'alphabetical', reserved: ['bb'] })).toEqual(['<unk>', 'a', 'b', 'bb', 'c', 'd']);
  });

  it('can put the specials first in the alphabetical order, and among the rest in the others', () => {
    expect(made({ order: 'alphabetical', specials: 'first', reserved: ['z'] }).slice(0, 2)).toEqual([
      '<unk>',
      'z',
    ]);
    const treebank = ['the', '<unk>', 'the', '<unk>', 'the', 'cat'];
    const options = { order: 'frequency-alphabetical', specials: 'sorted' } as const;
    expect(Vocabulary.fromTokens(treebank, options).tokens).toEqual(['the', '<unk>', 'cat']);
  });

  it('compares code points, as Python does', () => {
    const list = ['\u{1f600}', '\uffff', '\ud83d', '\ud83d\uffff', 'a'];
    const { tokens } = Vocabulary.fromTokens(list, { order: 'alphabetical', unknown: null });
    expect(tokens).toEqual(['a', '\ud83d', '\ud83d\uffff', '\uffff', '\u{1f600}']);
  });
});

describe('what is left out', () => {
  it('drops rare tokens, but never the specials', () => {
    expect(made({ minFrequency: 2 })).toEqual(['<unk>', 'b', 'c', 'a']);
    expect(made({ minFrequency: 9, reserved: ['d'] })).toEqual(['<unk>', 'd']);
  });

  it('counts the specials within the maximum size and keeps the most frequent', () => {
    expect(made({ maxSize: 3 })).toEqual(['<unk>', 'b', 'c']);
    expect(made({ maxSize: 3, order: 'frequency-alphabetical' })).toEqual(['<unk>', 'b', 'a']);
    expect(made({ maxSize: 3, order: 'alphabetical' })).toEqual(['<unk>', 'b', 'c']);
    expect(made({ maxSize: 1 })).toEqual(['<unk>']);
  });

  it('is encoded as the unknown token', () => {
    const vocabulary = Vocabulary.fromTokens(tokens, { minFrequency: 2 });
    expect([...vocabulary.encode(['d', 'b', 'x'])]).toEqual([0, 1, 0]);
    expect(vocabulary.decode([0, 1])).toEqual(['<unk>', 'b']);
    expect(vocabulary.outOfVocabularyRate(tokens)).toBe(1 / 8);
    expect(vocabulary.outOfVocabularyRate(['<unk>', 'b'])).toBe(0.5);
    expect(vocabulary.outOfVocabularyRate([])).toBeNaN();
  });

  it('is refused where there is no unknown token', () => {
    const vocabulary = Vocabulary.fromTokens(tokens, { unknown: null });
    expect(vocabulary.tokens).toEqual(['b', 'c', 'a', 'd']);
    expect(() => vocabulary.encode(['b', 'x'])).toThrow(UnknownTokenError);
  });
});

describe('looking up', () => {
  const vocabulary = Vocabulary.fromTokens(tokens, { reserved: ['<pad>'] });

  it('knows ids, tokens and counts', () => {
    expect(vocabulary.size).toBe(6);
    expect(vocabulary.idOf('<pad>')).toBe(1);
    expect(vocabulary.tokenOf(2)).toBe('b');
    expect(vocabulary.countOf(2)).toBe(3);
    expect(vocabulary.countOf(0)).toBe(0);
    expect(vocabulary.has('x')).toBe(false);
  });

  it.each([-1, 6, 0.5, Number.NaN])('refuses the id %d', (id) => {
    expect(() => vocabulary.tokenOf(id)).toThrow(InvalidTokenIdError);
    expect(() => vocabulary.decode([id])).toThrow(InvalidTokenIdError);
    expect(() => vocabulary.countOf(id)).toThrow('id: expected a whole number in [0, 6)');
  });

  it('does not take names of Object for tokens', () => {
    expect([...vocabulary.encode(['constructor', '__proto__', 'toString'])]).toEqual([0, 0, 0]);
  });
});

describe('options', () => {
  it.each<[string, VocabularyOptions]>([
    ['minFrequency', { minFrequency: Number.NaN }],
    ['minFrequency', { minFrequency: false as unknown as number }],
    ['minFrequency', { minFrequency: [3] as unknown as number }],
    ['minFrequncy', { minFrequncy: 3 } as VocabularyOptions],
    ['options', 3 as VocabularyOptions],
    ['unknown', { unknown: false as unknown as null }],
    ['maxSize', { maxSize: '100' as unknown as number }],
    ['reserved', { reserved: '<pad>' as unknown as string[] }],
    ['maxSize', { maxSize: 1, reserved: ['<pad>'] }],
    ['maxSize', { maxSize: 2.5 }],
    ['reserved', { reserved: ['a', 'a'] }],
    ['order', { order: 'random' as 'frequency' }],
    ['specials', { specials: 'last' as 'first' }],
  ])('names %s when it is out of range', (name, options) => {
    expect(() => made(options)).toThrow(ArgumentError);
    expect(() => made(options)).toThrow(new RegExp(`^${name}: expected`));
  });
});

describe('a vocabulary from a list', () => {
  it('keeps its order', () => {
    const vocabulary = Vocabulary.fromList(['x', '<unk>'], { unknown: '<unk>' });
    expect([...vocabulary.encode(['x', 'y'])]).toEqual([0, 1]);
  });

  it('refuses a token twice, and an unknown token that is not in it', () => {
    expect(() => Vocabulary.fromList(['x', 'x'])).toThrow(ArgumentError);
    expect(() => Vocabulary.fromList(['x'], { unknown: '<unk>' })).toThrow(ArgumentError);
    expect(() => Vocabulary.fromList(['x'], { minFrequency: 2 } as object)).toThrow('minFrequency: expected');
  });
});

describe('JSON', () => {
  it('comes back the same, for any tokens', () => {
    const token = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud83d', '\udc00', '__proto__', '\0'),
    );
    fc.assert(
      fc.property(fc.array(token), (corpus) => {
        const vocabulary = Vocabulary.fromTokens(corpus, { reserved: ['<pad>'] });
        const loaded = Vocabulary.fromJSON(JSON.stringify(vocabulary));
        expect(loaded.toJSON()).toEqual(vocabulary.toJSON());
        expect(loaded.decode(loaded.encode(corpus))).toEqual(corpus);
      }),
    );
  });

  const good = Vocabulary.fromTokens(tokens).toJSON();
  it.each([
    ['a text cut short', JSON.stringify(good).slice(0, 80), 'expected JSON'],
    ['null', null, 'expected an object'],
    ['another format', { ...good, format: 'x' }, "format: expected 'throughtime-vocabulary', got 'x'"],
    ['a later version', { ...good, version: 2 }, 'version: expected at most 1, got 2'],
    ['no tokens', { ...good, tokens: undefined }, 'tokens: expected an array of strings'],
    ['a number as token', { ...good, tokens: [1] }, 'tokens: expected an array of strings'],
    ['a token twice', { ...good, tokens: ['a', 'a'] }, 'tokens: expected each token once'],
    ['too few counts', { ...good, counts: [1] }, 'counts: expected one'],
    ['a count below 0', { ...good, counts: good.counts.map(() => -1) }, 'counts: expected one'],
    ['a foreign unknown token', { ...good, unknown: '?' }, 'unknown: expected null or one of the tokens'],
    ['foreign reserved tokens', { ...good, reserved: ['?'] }, 'reserved: expected an array'],
  ])('refuses %s', (_, json, message) => {
    expect(() => Vocabulary.fromJSON(json)).toThrow(InvalidFormatError);
    expect(() => Vocabulary.fromJSON(json)).toThrow(message);
  });
});

describe('TokenCounts', () => {
  it('counts in order of first occurrence', () => {
    const counts = TokenCounts.of(tokens);
    expect([...counts]).toEqual([
      ['b', 3],
      ['c', 2],
      ['a', 2],
      ['d', 1],
    ]);
    expect(counts.mostCommon(2)).toEqual([
      ['b', 3],
      ['c', 2],
    ]);
    expect([counts.total, counts.size, counts.get('b'), counts.get('x')]).toEqual([8, 4, 3, 0]);
    expect([...counts.frequencies()]).toEqual([3, 2, 2, 1]);
  });

  it('starts from counts', () => {
    const counts = new TokenCounts([
      ['a', 2],
      ['a', 3],
    ]);
    counts.add('b', 4);
    expect([...counts]).toEqual([
      ['a', 5],
      ['b', 4],
    ]);
  });
});
