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

/**
 * Longest text of an added token, and of a text that a pre-tokenizer splits at: finding it may look at that many characters for each of
 * the text. Those that models ship with have a few dozen.
 */
export const longestAddedToken = 1000;

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

/** Finds some tokens' texts: in a text of N units, in at most N times the longest token's steps, however many tokens there are. */
class Finder {
  /**
   * A tree of the tokens' UTF-16 units: the node that a unit leads to from another. Node 0 is the root. One map, as a map for each node
   * would take hundreds of times a token's own size.
   */
  readonly #nodes = new Map<number, number>();
  /** The token that ends at a node. */
  readonly #tokens = new Map<number, AddedToken>();
  /** Finds where a token may begin, faster than we walk. */
  readonly #first: RegExp | null;

  constructor(tokens: readonly (readonly [text: string, token: AddedToken])[]) {
    const first = new Set<number>();
    for (const [text, token] of tokens) {
      if (text === '') continue;
      first.add(text.charCodeAt(0));
      let node = 0;
      for (let i = 0; i < text.length; i++) {
        const edge = edgeOf(node, text.charCodeAt(i));
        node = this.#nodes.get(edge) ?? this.#nodes.size + 1;
        this.#nodes.set(edge, node);
      }
      // Of tokens that normalization makes alike the first counts. The library takes any of them, each time it reads the file.
      if (!this.#tokens.has(node)) this.#tokens.set(node, token);
    }
    const units = [...first].map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`);
    // linear: one character
    this.#first = units.length === 0 ? null : new RegExp(`[${units.join('')}]`, 'g');
  }

  *split(text: string): Generator<Part> {
    const space = whiteSpace.unicode.table;
    let done = 0;
    // As in the library, a token that another one has taken counts all the same, unless it takes white space before it; and `done` goes
    // back to its end.
    let taken = 0;
    for (const [index, length, token] of this.#matches(text)) {
      let start = index;
      let end = index + length;
      if (token.single_word && (endsWithWord(text, start) || startsWithWord(text, end))) continue;
      if (token.lstrip) {
        // The characters that the token before has taken are gone, perhaps this one's own too.
        while (start > done && space[text.charCodeAt(start - 1)] === 1) start--;
        start = Math.max(start, done);
      }
      if (token.rstrip) {
        // White space may hold more tokens that take it: walking it again for each would take time by its square.
        if (end < taken) end = taken;
        while (end < text.length && space[text.charCodeAt(end)] === 1) end++;
        taken = end;
      }
      if (start > done) yield { text: text.slice(done, start), id: -1 };
      if (start < end) yield { text: text.slice(Math.max(done, start), end), id: token.id };
      done = end;
    }
    if (done < text.length) yield { text: done === 0 ? text : text.slice(done), id: -1 };
  }

  /** From left to right, none within another; of several at one place the longest. */
  *#matches(text: string): Generator<readonly [index: number, length: number, token: AddedToken]> {
    const first = this.#first;
    if (first === null) return;
    for (let from = 0; ; ) {
      first.lastIndex = from;
      const index = first.exec(text)?.index;
      if (index === undefined) return;
      let token: AddedToken | undefined;
      let length = 1;
      let node: number | undefined = 0;
      for (let walked = 0; index + walked < text.length; ) {
        node = this.#nodes.get(edgeOf(node, text.charCodeAt(index + walked++)));
        if (node === undefined) break;
        const ended = this.#tokens.get(node);
        if (ended) [token, length] = [ended, walked];
      }
      if (token) yield [index, length, token];
      from = index + length;
    }
  }
}

function edgeOf(node: number, unit: number): number {
  return node * 0x10000 + unit;
}

function startsWithWord(text: string, position: number): boolean {
  return position < text.length && STARTS_WITH_WORD.test(String.fromCodePoint(text.codePointAt(position)!));
}

function endsWithWord(text: string, position: number): boolean {
  if (position === 0) return false;
  const pair = position > 1 ? text.codePointAt(position - 2)! : 0;
  return STARTS_WITH_WORD.test(pair > 0xffff ? String.fromCodePoint(pair) : text[position - 1]);
}
