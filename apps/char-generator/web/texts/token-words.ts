import type { TokenKind } from '../../src/core/settings.js';

/** What a token is called: a character, a word, a piece. */
export interface TokenWords {
  readonly one: string;
  readonly many: string;
  /** At the beginning of a sentence. */
  readonly Many: string;
  readonly One: string;
  /** Which of the kinds it is: in some languages words around it depend on it. */
  readonly kind: TokenKind;
}

/** How a language calls each kind of token, one and many. */
export type TokenNouns = Readonly<Record<TokenKind, readonly [one: string, many: string]>>;

export function tokenWords(nouns: TokenNouns, kind: TokenKind): TokenWords {
  const [one, many] = nouns[kind];
  const capital = (word: string) => word[0].toUpperCase() + word.slice(1);
  return { one, many, One: capital(one), Many: capital(many), kind };
}
