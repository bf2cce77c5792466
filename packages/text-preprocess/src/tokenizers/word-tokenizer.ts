import { checkOptions, oneOf } from '@throughtime/errors';
import { splitWhitespace, WHITESPACE } from '../cleaning/whitespace.js';
import { requireText } from '../require-text.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { type Detokenizer, detokenizeAll, joining, separating } from './detokenizer.js';
import type { TextCounter, TextEncoding, Tokenizer, TokenizerJson } from './tokenizer.js';
import { wordCounter, wordEncoder } from './word-encoder.js';

/** What becomes of the whitespace between words: dropped, or tokens too. */
export type SpaceHandling = 'drop' | 'keep';

export const spaceHandling = /* @__PURE__ */ oneOf(['drop', 'keep']);

/** Options of {@link wordTokenizer}. */
export interface WordTokenizerOptions {
  /**
   * What becomes of the whitespace between words. Default `'drop'`, as the chapter does (Python's `split()`): detokenizing
   * puts one space between words. `'keep'`: each run of whitespace is a token too, and the text comes back exactly.
   */
  readonly spaces?: SpaceHandling;
}

/**
 * Words between whitespace (as Python has it) as tokens; punctuation stays with its word. Keeps every character only with
 * `spaces: 'keep'`.
 * @throws ArgumentError when an option is not one of these
 */
export function wordTokenizer(options: WordTokenizerOptions = {}): Tokenizer {
  checkOptions<WordTokenizerOptions>(options, { spaces: spaceHandling });
  return options.spaces === 'keep' ? new WordAndSpaceTokenizer() : new WordTokenizer();
}

class WordTokenizer implements Tokenizer {
  readonly type = 'word';

  tokenize(text: string): string[] {
    requireText(text);
    return splitWhitespace(text);
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    return separating(() => ' ');
  }

  splitPoint(text: string): number {
    return lastRun(text);
  }

  toJSON(): TokenizerJson {
    return { type: this.type, spaces: 'drop' };
  }

  encoder(vocabulary: Vocabulary): TextEncoding {
    return wordEncoder(vocabulary);
  }

  counter(): TextCounter {
    return wordCounter();
  }
}

class WordAndSpaceTokenizer implements Tokenizer {
  readonly type = 'word';

  tokenize(text: string): string[] {
    requireText(text);
    const runs: string[] = [];
    for (let end = 0; end < text.length; ) {
      const start = end;
      const kind = WHITESPACE[text.charCodeAt(start)];
      while (end < text.length && WHITESPACE[text.charCodeAt(end)] === kind) end++;
      runs.push(text.slice(start, end));
    }
    return runs;
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    return joining();
  }

  splitPoint(text: string): number {
    return lastRun(text);
  }

  toJSON(): TokenizerJson {
    return { type: this.type, spaces: 'keep' };
  }
}

/** Where the run of whitespace, or of anything else, that ends `text` begins: it may still grow. */
function lastRun(text: string): number {
  let start = text.length - 1;
  if (start < 0) return 0;
  const kind = WHITESPACE[text.charCodeAt(start)];
  while (start > 0 && WHITESPACE[text.charCodeAt(start - 1)] === kind) start--;
  return start;
}
