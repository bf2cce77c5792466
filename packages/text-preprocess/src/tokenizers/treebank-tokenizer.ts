import { WHITESPACE } from '../cleaning/whitespace.js';
import { InvalidArgumentError } from '../errors.js';
import { type Detokenizer, detokenizeAll, joining } from './detokenizer.js';
import { sentenceTokenizer } from './sentence-tokenizer.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';
import { treebankTokens } from './treebank-rules.js';
import { checkSpaces, type SpaceHandling } from './word-tokenizer.js';

export interface TreebankTokenizerOptions {
  /**
   * `'drop'` (default): whitespace is no token and double quotes become `` `` `` and `''`; detokenising puts spaces where English
   * has them. `'keep'`: whitespace and quotes stay as they are, and the text comes back exactly.
   */
  readonly spaces?: SpaceHandling;
  /** `'split'` (default): the text is cut into English sentences first. `'single'`: each text is one sentence. */
  readonly sentences?: 'split' | 'single';
}

/**
 * Words by the conventions of the Penn Treebank, for English: punctuation is split off (a full stop only at a sentence's
 * end), `don't` becomes `do n't`, `Ahab's` becomes `Ahab 's`, `cannot` becomes `can not`. Keeps every character only with
 * `spaces: 'keep'`.
 * @throws InvalidArgumentError when an option is out of range
 */
export function treebankTokenizer(options: TreebankTokenizerOptions = {}): Tokenizer {
  const { sentences = 'split' } = options;
  if (sentences !== 'split' && sentences !== 'single') {
    throw new InvalidArgumentError('sentences', "'split' or 'single'", sentences);
  }
  return new TreebankTokenizer({ spaces: checkSpaces(options.spaces), sentences });
}

class TreebankTokenizer implements Tokenizer {
  readonly type = 'treebank';
  readonly #options: Required<TreebankTokenizerOptions>;
  readonly #sentences = sentenceTokenizer();

  constructor(options: Required<TreebankTokenizerOptions>) {
    this.#options = options;
  }

  tokenize(text: string): string[] {
    const { spaces, sentences } = this.#options;
    const parts = sentences === 'split' ? this.#sentences.tokenize(text) : [text];
    return parts.flatMap((part) =>
      spaces === 'drop' ? treebankTokens(part) : alignedPieces(part, treebankTokens(part)),
    );
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    return this.#options.spaces === 'keep' ? joining() : spacing();
  }

  splitPoint(text: string): number {
    return this.#options.sentences === 'split' ? this.#sentences.splitPoint(text) : 0;
  }

  toJSON(): TokenizerJson {
    return { type: this.type, ...this.#options };
  }
}

/**
 * The stretches of `text` that `tokens` stand for, and the whitespace between them. The rules only put in spaces and rewrite
 * double quotes, so walking along both finds each.
 */
function alignedPieces(text: string, tokens: readonly string[]): string[] {
  const pieces: string[] = [];
  let position = 0;
  for (const token of tokens) {
    let start = position;
    while (WHITESPACE[text.charCodeAt(start)] === 1) start++;
    if (start > position) pieces.push(text.slice(position, start));
    const isQuote = token === '``' || token === "''";
    position = start + (isQuote && text[start] === '"' ? 1 : token.length);
    pieces.push(text.slice(start, position));
  }
  if (position < text.length) pieces.push(text.slice(position));
  return pieces;
}

const JOINS_PREVIOUS = /^(?:[.,:;?!%)\]}]|\.\.\.|''|'|'s|'m|'d|'ll|'re|'ve|n't)$/i;
const JOINS_NEXT = /^(?:[([{$#]|``)$/;

/** Spaces where English has them. */
function spacing(): Detokenizer {
  let previous: string | undefined;
  return {
    push(token) {
      const joined = previous === undefined || JOINS_PREVIOUS.test(token) || JOINS_NEXT.test(previous);
      previous = token;
      return `${joined ? '' : ' '}${token === '``' || token === "''" ? '"' : token}`;
    },
    end: () => '',
  };
}
