import { ArgumentError, checkOptions, oneOf, text } from '@throughtime/errors';
import { isBlank } from '../cleaning/whitespace.js';
import { requireText } from '../require-text.js';
import { type Detokenizer, detokenizeAll, joining, separating } from './detokenizer.js';
import { forEachSegment, segmenterOf } from './segments.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';
import { type SpaceHandling, spaceHandling } from './word-tokenizer.js';

/** Options of {@link unicodeWordTokenizer}. */
export interface UnicodeWordTokenizerOptions {
  /** A BCP 47 language tag. Default `'und'`: the rules that hold for all; they cover scripts without spaces too. */
  readonly locale?: string;
  /** `'drop'` (default): whitespace is no token, detokenizing puts single spaces. `'keep'`: the text comes back exactly. */
  readonly spaces?: SpaceHandling;
  /** Whether punctuation and symbols are tokens. Default `'keep'`. */
  readonly punctuation?: 'keep' | 'drop';
}

/**
 * Words at the boundaries of Unicode's UAX #29 as `Intl.Segmenter` has them: punctuation is split off, `can't` and `3.14` stay
 * whole, Chinese, Japanese and Thai are divided by dictionary. Which ones depends on the engine's Unicode data. Keeps every
 * character only with `spaces: 'keep'`.
 * @throws ArgumentError when an option is out of range, or spaces are to be kept and punctuation dropped
 */
export function unicodeWordTokenizer(options: UnicodeWordTokenizerOptions = {}): Tokenizer {
  checkOptions<UnicodeWordTokenizerOptions>(options, {
    locale: text,
    spaces: spaceHandling,
    punctuation: oneOf(['keep', 'drop']),
  });
  const { locale = 'und', spaces = 'drop', punctuation = 'keep' } = options;
  if (spaces === 'keep' && punctuation === 'drop') {
    throw new ArgumentError('punctuation', "'keep' where spaces are kept", punctuation);
  }
  return new UnicodeWordTokenizer(segmenterOf(locale, 'word'), { locale, spaces, punctuation });
}

class UnicodeWordTokenizer implements Tokenizer {
  readonly type = 'unicode-word';
  readonly #segmenter: Intl.Segmenter;
  readonly #options: Required<UnicodeWordTokenizerOptions>;

  constructor(segmenter: Intl.Segmenter, options: Required<UnicodeWordTokenizerOptions>) {
    this.#segmenter = segmenter;
    this.#options = options;
  }

  tokenize(text: string): string[] {
    requireText(text);
    const { spaces, punctuation } = this.#options;
    const tokens: string[] = [];
    forEachSegment(this.#segmenter, text, ({ segment, isWordLike }) => {
      if (spaces === 'drop' && isBlank(segment)) return;
      if (punctuation === 'drop' && !isWordLike) return;
      tokens.push(segment);
    });
    return tokens;
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    return this.#options.spaces === 'keep' ? joining() : separating(() => ' ');
  }

  splitPoint(text: string): number {
    for (let i = text.length; i > 0; i--) {
      const before = text.charCodeAt(i - 1);
      // A line feed ends every word and run of spaces. A space does where a letter or digit of any script follows, and so does
      // the punctuation of scripts without spaces, which is part of no word.
      if (
        before === LINE_FEED ||
        ((before === SPACE || IDEOGRAPHIC_STOPS.includes(before)) && beginsWord(text, i))
      )
        return i;
    }
    return 0;
  }

  toJSON(): TokenizerJson {
    return { type: this.type, ...this.#options };
  }
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;
/** `、`, `。`, `！` and `？`. */
const IDEOGRAPHIC_STOPS = [0x3001, 0x3002, 0xff01, 0xff1f];

/** Whether a letter or digit stands at `position` that begins a word, however the text continues. */
function beginsWord(text: string, position: number): boolean {
  const code = text.codePointAt(position);
  if (code === undefined || (code >= 0xd800 && code <= 0xdfff)) return false;
  // Some letters are written onto the character before them, as marks are.
  return (
    /^[\p{L}\p{N}]/u.test(String.fromCodePoint(code)) &&
    !/^\p{Grapheme_Extend}/u.test(String.fromCodePoint(code))
  );
}
