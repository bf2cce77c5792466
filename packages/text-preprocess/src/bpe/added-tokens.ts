import { whiteSpace } from '../cleaning/whitespace.js';

/** Whether white space of any meaning stands in `text`. */
export function hasWhiteSpace(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (whiteSpace.pythonSplit.table[unit] === 1 || whiteSpace.javascript.table[unit] === 1) return true;
  }
  return false;
}

/** A token that stands for its text as a whole, such as `<|endoftext|>`: as a `tokenizer.json` has it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether it counts only where no word character stands beside it. */
  readonly single_word: boolean;
  /** Whether it takes the white space before it. */
  readonly lstrip: boolean;
  /** Whether it takes the white space after it. */
  readonly rstrip: boolean;
  /** Whether it is looked for in the text as the normalizer leaves it. */
  readonly normalized: boolean;
  /** Whether decoders leave it out on request. Encoding does not depend on it. */
  readonly special: boolean;
}

/** A token that is found as it is written, wherever it stands. */
export function plainAddedToken(content: string, id: number): AddedToken {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

/** A stretch of text between added tokens, with -1 as id; or the id of an added token, with the text that it took. */
export interface Part {
  readonly text: string;
  readonly id: number;
}

/**
 * Finds added tokens in a text, as Hugging Face's library does: first those that are not `normalized`, in the text as it is;
 * then, in each stretch that is left, the others, after normalization. Of several at one place the longest counts.
 */
export class AddedTokens {
  /** Whether a text may be cut at white space: no token has or takes any, or looks beyond its own text. */
  readonly mayCut: boolean;
  readonly #contents: ReadonlySet<string>;
  readonly #raw: Finder;
  readonly #normalized: Finder;
  readonly #normalize: (text: string) => string;

  /** @param normalize what the stretches between tokens go through */
  constructor(tokens: readonly AddedToken[], normalize: (text: string) => string = (text) => text) {
    this.#contents = new Set(tokens.map(({ content }) => content));
    this.#normalize = normalize;
    this.#raw = new Finder(
      tokens.filter(({ normalized }) => !normalized).map((token) => [token.content, token]),
    );
    this.#normalized = new Finder(
      tokens.filter(({ normalized }) => normalized).map((token) => [normalize(token.content), token]),
    );
    this.mayCut = tokens.every(
      (token) => !(token.single_word || token.lstrip || token.rstrip || hasWhiteSpace(token.content)),
    );
  }

  has(token: string): boolean {
    return this.#contents.has(token);
  }

  /** The parts of `text`, stretches between tokens normalized. */
  *split(text: string): Generator<Part> {
    for (const part of this.#raw.split(text)) {
      if (part.id >= 0) yield part;
      else yield* this.#normalized.split(this.#normalize(part.text));
    }
  }
}

/** What Rust's `\w` has: letters, marks, decimal digits, connectors, joiners. */
const WORD = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]`;
// linear: one character
const STARTS_WITH_WORD = /* @__PURE__ */ new RegExp(`^${WORD}`, 'u');

/** Finds some tokens' texts. */
class Finder {
  readonly #tokens = new Map<string, AddedToken>();
  readonly #pattern: RegExp | null;

  constructor(tokens: readonly (readonly [text: string, token: AddedToken])[]) {
    for (const [text, token] of tokens) if (text !== '') this.#tokens.set(text, token);
    // Longest first: where one begins with another, the longer one is meant.
    const alternatives = [...this.#tokens.keys()].sort((a, b) => b.length - a.length).map(escapePattern);
    // linear: no repetition: texts, escaped
    this.#pattern = alternatives.length === 0 ? null : new RegExp(alternatives.join('|'), 'g');
  }

  *split(text: string): Generator<Part> {
    const space = whiteSpace.unicode.table;
    let done = 0;
    for (const { 0: found, index } of this.#pattern === null ? [] : text.matchAll(this.#pattern)) {
      const token = this.#tokens.get(found)!;
      let start = index;
      let end = index + found.length;
      if (token.single_word && (endsWithWord(text, start) || startsWithWord(text, end))) continue;
      if (token.lstrip) {
        // What the token before has taken is gone.
        while (start > done && space[text.charCodeAt(start - 1)] === 1) start--;
      }
      if (token.rstrip) while (end < text.length && space[text.charCodeAt(end)] === 1) end++;
      if (start > done) yield { text: text.slice(done, start), id: -1 };
      yield { text: text.slice(Math.max(done, start), end), id: token.id };
      done = end;
    }
    if (done < text.length) yield { text: done === 0 ? text : text.slice(done), id: -1 };
  }
}

function startsWithWord(text: string, position: number): boolean {
  return position < text.length && STARTS_WITH_WORD.test(String.fromCodePoint(text.codePointAt(position)!));
}

function endsWithWord(text: string, position: number): boolean {
  if (position === 0) return false;
  const pair = position > 1 ? text.codePointAt(position - 2)! : 0;
  return STARTS_WITH_WORD.test(pair > 0xffff ? String.fromCodePoint(pair) : text[position - 1]);
}

function escapePattern(token: string): string {
  return token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
