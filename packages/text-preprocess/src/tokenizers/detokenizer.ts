import { decodeWtf8, incompleteTail } from './wtf8.js';

/** Puts tokens that come one by one back together. */
export interface Detokenizer {
  /** The text that `token` adds. May be empty where it depends on what follows (part of a character). */
  push(token: string): string;
  /** What is still held back. */
  end(): string;
}

/** For tokens that are the pieces of the text themselves. */
export function joining(): Detokenizer {
  return { push: (token) => token, end: () => '' };
}

/** For tokens with something between them, which may depend on the two. */
export function separating(separator: (previous: string, next: string) => string): Detokenizer {
  let previous: string | undefined;
  return {
    push(token) {
      const between = previous === undefined ? '' : separator(previous, token);
      previous = token;
      return between + token;
    },
    end: () => '',
  };
}

/** For tokens that stand for bytes of UTF-8: a character comes once its last byte is there. */
export function fromBytes(bytesOf: (token: string) => ArrayLike<number>): Detokenizer {
  let held: Uint8Array = new Uint8Array(0);
  return {
    push(token) {
      const added = bytesOf(token);
      const bytes = new Uint8Array(held.length + added.length);
      bytes.set(held);
      bytes.set(added, held.length);
      const complete = bytes.length - incompleteTail(bytes);
      held = bytes.subarray(complete);
      return decodeWtf8(bytes.subarray(0, complete));
    },
    end() {
      const text = decodeWtf8(held);
      held = new Uint8Array(0);
      return text;
    },
  };
}

/** All of `tokens` through `detokenizer`. */
export function detokenizeAll(tokens: Iterable<string>, detokenizer: Detokenizer): string {
  const pieces: string[] = [];
  for (const token of tokens) pieces.push(detokenizer.push(token));
  pieces.push(detokenizer.end());
  return pieces.join('');
}
