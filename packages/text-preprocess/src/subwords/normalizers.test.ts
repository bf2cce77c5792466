import { describe, expect, it } from 'vitest';
import { normalizerOf } from './normalizers.js';

/** What tokenizers 0.23.3 of Hugging Face makes of texts: pattern, text, result with '-' as content. */
const REPLACED: [pattern: string, text: string, result: string][] = [
  ['a*', '', ''],
  ['a*', 'bab', '-b-b-'],
  ['a*', 'aab', '-b-'],
  ['a*', 'xaxb', '-x-x-b-'],
  ['a*', 'a😀b', '-😀-b-'],
  ['(?=b)', '', ''],
  ['(?=b)', 'bab', '-ba-b'],
  ['(?=b)', 'aab', 'aa-b'],
  ['(?=b)', 'xaxb', 'xax-b'],
  ['(?=b)', 'a😀b', 'a😀-b'],
  ['a?', '', ''],
  ['a?', 'bab', '-b-b-'],
  ['a?', 'aab', '--b-'],
  ['a?', 'xaxb', '-x-x-b-'],
  ['a?', 'a😀b', '-😀-b-'],
  ['\\b', '', ''],
  ['\\b', 'bab', '-bab-'],
  ['\\b', 'aab', '-aab-'],
  ['\\b', 'xaxb', '-xaxb-'],
  ['\\b', 'a😀b', '-a-😀-b-'],
  ['^', '', ''],
  ['^', 'bab', '-bab'],
  ['^', 'aab', '-aab'],
  ['^', 'xaxb', '-xaxb'],
  ['^', 'a😀b', '-a😀b'],
  ['$', '', ''],
  ['$', 'bab', 'bab-'],
  ['$', 'aab', 'aab-'],
  ['$', 'xaxb', 'xaxb-'],
  ['$', 'a😀b', 'a😀b-'],
  ['(?<=a)', '', ''],
  ['(?<=a)', 'bab', 'ba-b'],
  ['(?<=a)', 'aab', 'a-a-b'],
  ['(?<=a)', 'xaxb', 'xa-xb'],
  ['(?<=a)', 'a😀b', 'a-😀b'],
  ['z*|b', '', ''],
  ['z*|b', 'bab', '-b-a-b-'],
  ['z*|b', 'aab', '-a-a-b-'],
  ['z*|b', 'xaxb', '-x-a-x-b-'],
  ['z*|b', 'a😀b', '-a-😀-b-'],
];

describe('a Replace whose pattern may match nothing', () => {
  it.each(REPLACED)("replaces as Hugging Face's library does: %j in %j", (pattern, text, result) => {
    const normalize = normalizerOf({ type: 'Replace', pattern: { Regex: pattern }, content: '-' });
    expect(normalize?.(text)).toBe(result);
  });
});

describe('a BertNormalizer', () => {
  const clean = normalizerOf({
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: false,
    strip_accents: false,
    lowercase: false,
  })!;

  it.each([
    ['code points without a character', 'a\u0378b\uffffc\u{e0fff}d', 'a\u0378b\uffffc\u{e0fff}d'],
    ['young format characters', 'a\u0890b\u{13430}c\u{110cd}d', 'a\u0890b\u{13430}c\u{110cd}d'],
    ['control and format characters', 'a\0b\u0007c\u200bd\u00ade\ufefff', 'abcdef'],
    ['characters for private use', 'a\ue000b\u{f0000}c', 'abc'],
    ['the replacement character', 'a\ufffdb', 'ab'],
    ['white space', 'a\tb\nc\rd\u00a0e\u3000f', 'a b c d e f'],
  ])("cleans as Hugging Face's library does: %s", (_, text, cleaned) => {
    expect(clean(text)).toBe(cleaned);
  });
});
