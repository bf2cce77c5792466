import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { charTokenizer } from './character-tokenizer.js';
import { forEachSegment } from './segments.js';
import { sentenceTokenizer } from './sentence-tokenizer.js';
import { treebankTokenizer } from './treebank-tokenizer.js';
import { unicodeWordTokenizer } from './unicode-word-tokenizer.js';

/** Stretches of text whose segments depend on what stands around them, in many scripts. */
const STRETCHES = {
  mixed: [
    'can’t 3.14, ',
    '\r\n',
    'e\u0301\u0301',
    '👩‍👩‍👧 ',
    '🇩🇪🇫🇷',
    '私は東京に住んでいます。',
    '   ',
    'ab ',
    'x'.repeat(700),
    '한국어\n',
  ],
  emoji: ['👩‍👩‍👧', '❤️', '🇩🇪', '🇫', '👍🏽', '\u200d', '1️⃣', '\ufe0f'],
  'lines without blanks': [
    'abc',
    "'",
    '.',
    '1',
    ',',
    '_',
    '-',
    'é',
    '\u0301',
    '\u200d',
    '\ufeff',
    'кит',
    '\u{10400}',
  ],
  Hebrew: ['שלום', '"', "'", ' ', 'אב', '״', '\u05b0', '. ', '3'],
  Arabic: ['مرحبا', 'ال', '\u0640', ' ', '\u064b', '، ', '٣', '؟ '],
  Chinese: ['我们', '去', '捕鲸', '，', '。', '人', '一九', '3', 'A', '〇'],
  'Chinese without punctuation': ['我们', '去', '捕鲸', '人', '民', '中国', '的', '了', '在'],
  Japanese: ['東京', 'に', '住んで', 'いま', 'す', 'カタカナ', 'ー', 'カ', '々', 'ひらがな', '、', 'ｶﾞ', '・'],
  'Katakana in long runs': [
    'カ',
    'テスト',
    'コンピューター',
    'ー',
    'ッ',
    'ｱｲｳ',
    'ｶﾞ',
    'ﾟ',
    'カ\u3099',
    'ㇷ゚',
    'に',
    '東京',
  ],
  Thai: ['ไทย', 'ภาษา', 'สวัสดี', 'ครับ', 'ไป', 'มา', 'ๆ', 'ฯ', 'ก', 'เ', 'า', '่'],
  'Thai with blanks and Latin': ['ไทย', 'ภาษา', 'ไป', ' ', 'abc', '1', 'ก', '.'],
  'Khmer, Lao and Burmese': ['ភាសា', 'ខ្មែរ', 'ក', 'ພາສາ', 'ລາວ', 'မြန်မာ', 'ဘာသာ', 'က', '်', ' '],
  Korean: ['한국어', '를', '배우', '다', ' ', '제1조', '가'],
  Hindi: ['नमस्ते', 'दुनिया', ' ', '।', 'क', '्', 'ष', '\u200d'],
  'ends of sentences': [
    'The cat sat. ',
    'Mr. ',
    'etc. and ',
    '3.14 ',
    '! ',
    '? "',
    '." ',
    '(a) ',
    '...',
    'мир. ',
    '。',
    ') ',
    '1',
    'x',
  ],
};

/** Texts of several pieces: a few of the stretches each, so that runs of them come about. */
const longText = (stretches: readonly string[]) =>
  fc
    .array(fc.tuple(fc.constantFrom(...stretches), fc.integer({ min: 1, max: 40 })), {
      minLength: 40,
      maxLength: 300,
    })
    .map((parts) =>
      parts.map(([part, times]) => part.repeat(part.length > 50 ? 1 : times % 9 === 0 ? times : 1)).join(''),
    );

function segmentsOf(segmenter: Intl.Segmenter, text: string, piece?: number): string[] {
  const segments: string[] = [];
  forEachSegment(
    segmenter,
    text,
    ({ segment }) => {
      segments.push(segment);
    },
    piece,
  );
  return segments;
}

/** How much text the segmenter was given, and how much it looks at in Node 20, which is all of it for every segment. */
function workOf(action: () => void): { given: number; looked: number } {
  const work = { given: 0, looked: 0 };
  const original = Intl.Segmenter.prototype.segment;
  const spy = vi.spyOn(Intl.Segmenter.prototype, 'segment').mockImplementation(function (
    this: Intl.Segmenter,
    text,
  ) {
    const segments = original.call(this, text);
    work.given += text.length;
    return {
      containing: () => undefined,
      *[Symbol.iterator]() {
        for (const segment of segments) {
          work.looked += text.length;
          yield segment;
        }
      },
    } as unknown as Intl.Segments;
  });
  try {
    action();
  } finally {
    spy.mockRestore();
  }
  return work;
}

describe('segments of long texts', () => {
  it.each(Object.entries(STRETCHES))('are those of the whole text at once: %s', (_, stretches) => {
    const granularities = ['word', 'sentence', 'grapheme'] as const;
    const segmenters = granularities.map((granularity) => new Intl.Segmenter('und', { granularity }));
    fc.assert(
      fc.property(longText(stretches), (text) => {
        for (const segmenter of segmenters) {
          const whole = Array.from(segmenter.segment(text), ({ segment }) => segment);
          expect(segmentsOf(segmenter, text)).toEqual(whole);
          // Short pieces, so that every kind of place becomes a cut.
          for (const piece of [8, 21, 100]) expect(segmentsOf(segmenter, text, piece)).toEqual(whole);
        }
      }),
      { numRuns: 12 },
    );
  });

  // Each of 16,000 characters or more, most of 30,000, in one line or paragraph.
  it.each<[string, string]>([
    ['Russian', 'Кит плыл по морю и никого не боялся, '.repeat(900)],
    ['Arabic', 'كان الحوت يسبح في البحر '.repeat(1300)],
    ['Chinese', '我们去海上捕鲸，没有人害怕。'.repeat(2200)],
    ['Chinese without punctuation', '我们去海上捕鲸没有人害怕'.repeat(2600)],
    ['one character of Chinese', '人'.repeat(30_000)],
    ['one character of Katakana', 'カ'.repeat(30_000)],
    ['one word of Katakana', 'テスト'.repeat(10_000)],
    ['Katakana of half width', 'ｱｲｳｶﾞ'.repeat(6000)],
    ['Katakana and Thai by turns', 'カก'.repeat(8000)],
    ['Katakana and Latin by turns', 'テストab'.repeat(6000)],
    ['runs of Katakana in Japanese', `${'カ'.repeat(3000)}に行く`.repeat(10)],
    ['Hangul', '한국어를배우다'.repeat(4300)],
    ['Thai', 'วาฬว่ายน้ำในทะเล'.repeat(2000)],
    ['Thai and Latin by turns', 'กa'.repeat(15_000)],
    ['emoji', '👩‍👩‍👧❤️'.repeat(3000)],
    ['hearts', '❤️'.repeat(15_000)],
    ['flags', '🇩🇪'.repeat(8000)],
    ['one word', 'x'.repeat(30_000)],
    ['one word and many', `${'x'.repeat(15_000)} ${'a b '.repeat(4000)}`],
    ['words that all but fill a piece', `${'x'.repeat(1020)} `.repeat(30)],
    ['marks on one letter', `a’${'\u0301'.repeat(2000)}`.repeat(15)],
    ['blanks', ' '.repeat(30_000)],
    ['lines', 'The cat sat on the mat and slept.\n'.repeat(900)],
    ['sentences in one line', 'The cat sat on the mat and slept. '.repeat(900)],
    ['abbreviations', 'Mr. Dr. H. G. '.repeat(2200)],
    ['full stops', '. '.repeat(15_000)],
    ['numbers after a full stop', `a. ${'1 '.repeat(2000)}`.repeat(8)],
  ])('take work in proportion to the length, not its square: %s', (_, text) => {
    for (const tokenizer of [
      unicodeWordTokenizer(),
      sentenceTokenizer(),
      treebankTokenizer(),
      charTokenizer({ unit: 'grapheme' }),
    ]) {
      const once = workOf(() => tokenizer.tokenize(text));
      expect(once.given / text.length).toBeLessThan(16);
      expect(once.looked / text.length).toBeLessThan(16_000);
      const twice = workOf(() => tokenizer.tokenize(text + text));
      expect(twice.given).toBeLessThan(2.6 * once.given + 10_000);
      expect(twice.looked).toBeLessThan(2.6 * once.looked + 50_000);
    }
  });

  it('of half a million characters come at once', () => {
    // Cut from the whole in one go, this takes most of an hour in Node 20: the test would time out.
    const text = 'It was — “perhaps” — a whale.\n'.repeat(18_000);
    expect(unicodeWordTokenizer().tokenize(text).length).toBe(10 * 18_000);
    expect(charTokenizer({ unit: 'grapheme' }).tokenize(text).length).toBe(text.length);
  });
});
