import { whiteSpace } from '../cleaning/whitespace.js';

/** Whether white space of any meaning stands in `text`. */
export function hasWhiteSpace(text: string): boolean {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).some(
    (unit) => whiteSpace.pythonSplit.table[unit] === 1 || whiteSpace.javascript.table[unit] === 1,
  );
}

/** A stretch of text: a special token, or what lies between. */
export interface Part {
  readonly text: string;
  readonly special: boolean;
}

/** Finds tokens that stand for more than their characters, such as `<|endoftext|>`, in a text. */
export class SpecialTokens {
  /** Whether one holds whitespace: then text cannot be cut at whitespace. */
  readonly anyHasSpace: boolean;
  readonly #tokens: ReadonlySet<string>;
  readonly #pattern: RegExp | null;

  constructor(tokens: readonly string[]) {
    this.#tokens = new Set(tokens);
    this.anyHasSpace = tokens.some((token) => hasWhiteSpace(token));
    // Longest first: where one begins with another, the longer one is meant.
    const alternatives = [...tokens].sort((a, b) => b.length - a.length).map(escapePattern);
    this.#pattern = alternatives.length === 0 ? null : new RegExp(alternatives.join('|'), 'g');
  }

  has(token: string): boolean {
    return this.#tokens.has(token);
  }

  /** The parts of `text`, which together are all of it. */
  *split(text: string): Generator<Part> {
    let start = 0;
    for (const { 0: token, index } of this.#pattern === null ? [] : text.matchAll(this.#pattern)) {
      if (index > start) yield { text: text.slice(start, index), special: false };
      yield { text: token, special: true };
      start = index + token.length;
    }
    if (start < text.length) yield { text: start === 0 ? text : text.slice(start), special: false };
  }
}

function escapePattern(token: string): string {
  return token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
