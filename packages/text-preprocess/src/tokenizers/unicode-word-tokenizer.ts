import { ArgumentError, checkOptions, oneOf, text } from '@throughtime/errors';
import { isBlank } from '../cleaning/whitespace.js';
import { type Detokenizer, detokenizeAll, joining, separating } from './detokenizer.js';
import { forEachSegment, segmenterOf } from './segments.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';
import { type SpaceHandling, spaceHandling } from './word-tokenizer.js';

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
    const { spaces, punctuation } = this.#options;
    const tokens: string[] = [];
    forEachSegment(
      this.#segmenter,
      text,
      (piece) => this.splitPoint(piece),
      ({ segment, isWordLike }) => {
        if (spaces === 'drop' && isBlank(segment)) return;
        if (punctuation === 'drop' && !isWordLike) return;
        tokens.push(segment);
      },
    );
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
      // A line feed ends every word and run of spaces; a space does where an ASCII letter or digit follows.
      if (before === 0x0a || (before === 0x20 && isAsciiAlphanumeric(text.charCodeAt(i)))) return i;
    }
    return 0;
  }

  toJSON(): TokenizerJson {
    return { type: this.type, ...this.#options };
  }
}

function isAsciiAlphanumeric(unit: number): boolean {
  return (
    (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) // 0-9 A-Z a-z
  );
}
