import type { Tokenizer } from '@throughtime/text-preprocess';

/** A character of UTF-8 has four bytes at most, so an end that is still undecodable after so many tokens never will be. */
const longestCharacter = 4;

/** A high surrogate waits for its other half, and U+FFFD may be the first bytes of a character. */
const incompleteEnd = /[\ud800-\udbff\ufffd]$/;

/**
 * Makes text of tokens as they come, in time and memory that do not grow with the text. A piece depends on its
 * neighbours (words get a space between them, bytes make characters together), so the last piece shown stays at hand and
 * what a new token adds to it is new text; an unfinished character is held back.
 */
export class TextStream {
  readonly #tokenizer: Tokenizer;
  /** Tokens already shown, kept as the left neighbours of what comes. */
  #shown: string[];
  /** Tokens that came since. */
  #held: string[] = [];

  /** @param before the tokens that the text continues, which are not shown again */
  constructor(tokenizer: Tokenizer, before: readonly string[] = []) {
    this.#tokenizer = tokenizer;
    this.#shown = before.slice(-longestCharacter);
  }

  /** The text that `token` completes; empty when a character is not finished yet. */
  push(token: string): string {
    this.#held.push(token);
    const added = this.#added();
    if (incompleteEnd.test(added) && this.#held.length < longestCharacter) return '';
    this.#shown = this.#held;
    this.#held = [];
    return added;
  }

  /** What is still held back when the tokens have ended; unfinished characters come as U+FFFD. */
  rest(): string {
    const added = this.#added();
    this.#held = [];
    return added;
  }

  #added(): string {
    const before = this.#tokenizer.detokenize(this.#shown);
    return this.#tokenizer.detokenize([...this.#shown, ...this.#held]).slice(before.length);
  }
}
