import { describe, expect, it } from 'vitest';
import { mirrorText, mobyDick } from '../fixtures/corpora.js';
import { TokenCounts } from '../vocabulary/token-counts.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import {
  CLEANING_CONVENTIONS,
  type CleaningConvention,
  cleanLines,
  cleanTokens,
  vocabularyOptionsOf,
} from './d2l-conventions.js';
import { splitLines } from './lines.js';

const characters = (text: string, convention: CleaningConvention) =>
  cleanTokens(text, { convention, unit: 'character' });
const words = (text: string, convention: CleaningConvention) =>
  cleanTokens(text, { convention, unit: 'word' });
const vocabularyOf = (tokens: string[], convention: CleaningConvention) =>
  Vocabulary.fromTokens(tokens, vocabularyOptionsOf(convention));

describe('cleanLines', () => {
  // By hand. 0.7 strips first, so the full stop leaves a space behind; 0.17 strips last; 1.0 sees one line.
  const text = '  Call me, Ishmael.\r\n\r\n(1851)\n';

  it.each([
    ['d2l-0.7', ['call me ishmael ', '', ' ']],
    ['d2l-0.17', ['call me ishmael', '', '']],
    ['d2l-1.0', [' call me ishmael ']],
  ] as const)('cleans as %s', (convention, lines) => {
    expect(cleanLines(text, convention)).toEqual(lines);
  });

  it('leaves no line of an empty text, except the one line of 1.0', () => {
    expect(cleanLines('', 'd2l-0.7')).toEqual([]);
    expect(cleanLines('', 'd2l-0.17')).toEqual([]);
    expect(cleanLines('', 'd2l-1.0')).toEqual(['']);
  });

  it('names the conventions when asked for another', () => {
    expect(() => cleanLines('x', 'd2l-0.8' as CleaningConvention)).toThrow(
      "convention: expected one of 'd2l-0.7', 'd2l-0.17', 'd2l-1.0', got 'd2l-0.8'",
    );
    expect(() => cleanTokens('x', { convention: 'd2l-1.0', unit: 'line' as 'word' })).toThrow(/^unit: /);
  });
});

describe('cleanTokens', () => {
  it('splits 0.7 at single spaces, so that empty words occur', () => {
    expect(words('Call me, Ishmael.\n\n', 'd2l-0.7')).toEqual(['call', 'me', 'ishmael', '', '']);
    expect(words('Call me, Ishmael.\n\n', 'd2l-0.17')).toEqual(['call', 'me', 'ishmael']);
  });
});

describe('the embedded Moby-Dick', () => {
  // Figures of the first two conventions: computed once with Python's re, str.strip and str.split on the same file.
  it.each([
    ['d2l-0.7', 174_245, 34_685, 5_647],
    ['d2l-0.17', 173_393, 33_412, 5_646],
    ['d2l-1.0', 176_189, 33_412, 5_646],
  ] as const)('has the figures of %s', (convention, characterCount, wordCount, distinctWords) => {
    const text = mobyDick();
    expect(splitLines(text)).toHaveLength(3217);
    expect(characters(text, convention)).toHaveLength(characterCount);
    expect(new Set(characters(text, convention)).size).toBe(27);
    expect(words(text, convention)).toHaveLength(wordCount);
    expect(new Set(words(text, convention)).size).toBe(distinctWords);
  });
});

const timeMachine = mirrorText('timemachine.txt');

describe('The Time Machine, against the published figures', () => {
  const text = timeMachine ?? '';

  it.runIf(timeMachine)('has 3,221 lines, 2,848 of them not empty', () => {
    expect(splitLines(text)).toHaveLength(3221);
    expect(splitLines(text).filter((line) => line.trim() !== '')).toHaveLength(2848);
  });

  it.runIf(timeMachine).each([
    ['d2l-0.7', 171_489],
    ['d2l-0.17', 170_580],
    ['d2l-1.0', 173_428],
  ] as const)('has the characters of %s: %i', (convention, count) => {
    const tokens = characters(text, convention);
    expect(tokens).toHaveLength(count);
    expect(vocabularyOf(tokens, convention).size).toBe(28);
  });

  it.runIf(timeMachine)('has 32,775 words, 4,579 of them distinct', () => {
    for (const convention of CLEANING_CONVENTIONS) {
      const real = words(text, convention).filter((word) => word !== '');
      expect(real).toHaveLength(32_775);
      expect(new Set(real).size).toBe(4579);
    }
    expect(words(text, 'd2l-0.7').filter((word) => word === '')).toHaveLength(1282);
    expect(words(text, 'd2l-0.17')).toHaveLength(32_775);
  });

  it.runIf(timeMachine)('has the top words', () => {
    expect(TokenCounts.of(words(text, 'd2l-0.17')).mostCommon(10)).toEqual([
      ['the', 2261],
      ['i', 1267],
      ['and', 1245],
      ['of', 1155],
      ['a', 816],
      ['to', 695],
      ['was', 552],
      ['in', 541],
      ['that', 443],
      ['my', 440],
    ]);
  });

  it.runIf(timeMachine)('gives the first words of 0.17 their ids', () => {
    const vocabulary = vocabularyOf(words(text, 'd2l-0.17'), 'd2l-0.17');
    const first = ['<unk>', 'the', 'i', 'and', 'of', 'a', 'to', 'was', 'in', 'that'];
    expect(vocabulary.tokens.slice(0, 10)).toEqual(first);
    const [line] = cleanLines(text, 'd2l-0.17');
    expect([...vocabulary.encode(line.split(' '))]).toEqual([1, 19, 50, 40, 2183, 2184, 400]);
  });

  it.runIf(timeMachine)('puts the four special tokens of 0.7 first', () => {
    const reserved = ['<pad>', '<bos>', '<eos>', '<unk>'];
    const tokens = words(text, 'd2l-0.7');
    const vocabulary = Vocabulary.fromTokens(tokens, { ...vocabularyOptionsOf('d2l-0.7'), reserved });
    expect(vocabulary.tokens.slice(0, 7)).toEqual([...reserved, 'the', '', 'i']);
    expect(vocabulary.unknownId).toBe(3);
  });

  it.runIf(timeMachine)('gives the characters of 1.0 their ids', () => {
    const tokens = characters(text, 'd2l-1.0');
    const vocabulary = vocabularyOf(tokens, 'd2l-1.0');
    expect(vocabulary.tokens.slice(0, 3)).toEqual([' ', '<unk>', 'a']);
    expect([...vocabulary.encode(tokens.slice(0, 10))]).toEqual([21, 9, 6, 0, 21, 10, 14, 6, 0, 14]);
  });

  it.runIf(timeMachine)('has the published vocabulary sizes at minimum frequencies', () => {
    const counts = TokenCounts.of(words(text, 'd2l-0.17'));
    const sizes = [1, 2, 3, 5, 10].map(
      (minFrequency) => Vocabulary.fromCounts(counts, { minFrequency }).size,
    );
    expect(sizes).toEqual([4580, 2183, 1420, 825, 400]);
  });
});
