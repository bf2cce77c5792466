import { splitWhitespace, WHITESPACE } from '../cleaning/whitespace.js';
import { InvalidArgumentError } from '../errors.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';

export interface WordTokenizerOptions {
  /**
   * What becomes of the whitespace between words. Default `'drop'`, as the chapter does (Python's `split()`): detokenising
   * puts one space between words. `'keep'`: each run of whitespace is a token too, and the text comes back exactly.
   */
  readonly spaces?: 'drop' | 'keep';
}

/**
 * Words between whitespace (as Python has it) as tokens; punctuation stays with its word. Keeps every character only with
 * `spaces: 'keep'`.
 * @throws InvalidArgumentError when `spaces` is neither
 */
export function wordTokenizer(options: WordTokenizerOptions = {}): Tokenizer {
  const spaces = options.spaces ?? 'drop';
  if (spaces !== 'drop' && spaces !== 'keep') {
    throw new InvalidArgumentError('spaces', "'drop' or 'keep'", spaces);
  }
  return new WordTokenizer(spaces);
}

export class WordTokenizer implements Tokenizer {
  readonly type = 'word';
  readonly spaces: 'drop' | 'keep';

  constructor(spaces: 'drop' | 'keep') {
    this.spaces = spaces;
  }

  tokenize(text: string): string[] {
    return this.spaces === 'drop' ? splitWhitespace(text) : wordsAndSpaces(text);
  }

  detokenize(tokens: Iterable<string>): string {
    return [...tokens].join(this.spaces === 'drop' ? ' ' : '');
  }

  splitPoint(text: string): number {
    return wordSplitPoint(text);
  }

  toJSON(): TokenizerJson {
    return { type: this.type, spaces: this.spaces };
  }
}

/** Where the run of whitespace, or of anything else, that ends `text` begins: it may still grow. */
export function wordSplitPoint(text: string): number {
  let start = text.length - 1;
  if (start < 0) return 0;
  const last = WHITESPACE[text.charCodeAt(start)];
  while (start > 0 && WHITESPACE[text.charCodeAt(start - 1)] === last) start--;
  return start;
}

function wordsAndSpaces(text: string): string[] {
  const runs: string[] = [];
  let start = 0;
  for (let i = 1; i <= text.length; i++) {
    if (i < text.length && WHITESPACE[text.charCodeAt(i)] === WHITESPACE[text.charCodeAt(start)]) continue;
    runs.push(text.slice(start, i));
    start = i;
  }
  return runs;
}
