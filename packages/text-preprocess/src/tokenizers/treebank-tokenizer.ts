import { checkOptions, oneOf } from '@throughtime/errors';
import { splitWhitespace, WHITESPACE, whiteSpace } from '../cleaning/whitespace.js';
import { requireText } from '../require-text.js';
import { type Detokenizer, detokenizeAll, joining } from './detokenizer.js';
import { sentenceTokenizer } from './sentence-tokenizer.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';
import { type SpaceHandling, spaceHandling } from './word-tokenizer.js';

/** Options of {@link treebankTokenizer}. */
export interface TreebankTokenizerOptions {
  /**
   * `'drop'` (default): whitespace is no token and double quotes become `` `` `` and `''`; detokenizing puts spaces where English
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
 * @throws ArgumentError when an option is out of range
 */
export function treebankTokenizer(options: TreebankTokenizerOptions = {}): Tokenizer {
  checkOptions<TreebankTokenizerOptions>(options, {
    spaces: spaceHandling,
    sentences: oneOf(['split', 'single']),
  });
  const { spaces = 'drop', sentences = 'split' } = options;
  return new TreebankTokenizer({ spaces, sentences });
}

class TreebankTokenizer implements Tokenizer {
  readonly type = 'treebank';
  readonly #options: Required<TreebankTokenizerOptions>;
  readonly #sentences = sentenceTokenizer();

  constructor(options: Required<TreebankTokenizerOptions>) {
    this.#options = options;
  }

  tokenize(text: string): string[] {
    requireText(text);
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

/** Where Python has `\b`: letters, numbers and `_` are its word characters. */
const START_OF_WORD = String.raw`(?<![\p{L}\p{N}_])`;
const END_OF_WORD = String.raw`(?![\p{L}\p{N}_])`;

/** Any white space by {@link WHITESPACE}, one character at a time. */
// linear: one character
const whitespaceCharacters = /* @__PURE__ */ new RegExp(`[${whiteSpace.pythonSplit.inClass}]`, 'g');

type Rule = readonly [pattern: RegExp, replacement: string];

/**
 * The Penn Treebank's conventions as substitutions, in the order in which they apply: each puts spaces around what is a token
 * of its own. The conventions are those of the Treebank's own tokenizer (Robert MacIntyre's sed script, 1995). The tests hold
 * them to nltk's `TreebankWordTokenizer`. Where a rule takes the character before or after its match, a second match cannot
 * begin there: of `,,b` only the first comma is split off, as in the script.
 */
const OPENING: readonly Rule[] = [
  [/^"/, '``'],
  [/``/g, ' `` '],
  [/([ ([{<])(?:"|'')/g, '$1 `` '],
];

const PUNCTUATION: readonly Rule[] = [
  // 10,000 and 12:30 stay whole.
  [/([:,])(\P{Nd})/gu, ' $1 $2'],
  [/([:,])$/, ' $1 '],
  [/\.\.\./g, ' ... '],
  [/[;@#$%&]/g, ' $& '],
  // Only the full stop that ends the sentence, be it before closing brackets or quotes: "U.S." stays whole elsewhere.
  [/([^.])(\.)([\])}>"']*) *$/u, '$1 $2$3 '],
  [/[?!]/g, ' $& '],
  [/([^'])' /gu, "$1 ' "],
  [/[[\](){}<>]/g, ' $& '],
  [/--/g, ' -- '],
];

const CLOSING: readonly Rule[] = [
  [/''/g, " '' "],
  [/"/g, " '' "],
  [/([^' ])('[sS]|'[mM]|'[dD]|') /gu, '$1 $2 '],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, '$1 $2 '],
];

/** Spaces go on both sides of both halves, so that `cannot—I` is cut behind `not` too. */
const CONTRACTIONS: readonly Rule[] = [
  ['(can)(not)', END_OF_WORD],
  ["(d)('ye)", END_OF_WORD],
  ['(gim)(me)', END_OF_WORD],
  ['(gon)(na)', END_OF_WORD],
  ['(got)(ta)', END_OF_WORD],
  ['(lem)(me)', END_OF_WORD],
  ["(more)('n)", END_OF_WORD],
  ['(wan)(na)', '(?= )'],
  // linear: no repetition
].map(([halves, end]): Rule => [new RegExp(START_OF_WORD + halves + end, 'giu'), ' $1 $2 ']);

const CONTRACTIONS_OF_IT: readonly Rule[] = ["('t)(is)", "('t)(was)"].map(
  // linear: no repetition
  (halves): Rule => [new RegExp(` ${halves}${END_OF_WORD}`, 'giu'), ' $1 $2 '],
);

/** The Treebank's tokens of one sentence; double quotes come as `` `` `` and `''`. */
function treebankTokens(sentence: string): string[] {
  // Line ends, tabs and all other white space count as blanks in all rules.
  const flat = sentence.replace(whitespaceCharacters, ' ');
  const opened = apply([...OPENING, ...PUNCTUATION], flat);
  return splitWhitespace(apply([...CLOSING, ...CONTRACTIONS, ...CONTRACTIONS_OF_IT], ` ${opened} `));
}

function apply(rules: readonly Rule[], text: string): string {
  return rules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
