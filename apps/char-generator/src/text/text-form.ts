import {
  byteTokenizer,
  charTokenizer,
  lettersOnly,
  type Tokenizer,
  unicodeWordTokenizer,
  wordTokenizer,
} from '@throughtime/text-preprocess';

export const tokenKinds = ['char', 'word', 'byte'] as const;

export type TokenKind = (typeof tokenKinds)[number];

export const cleanings = ['none', 'letters'] as const;

/** `none`: the text as it is. `letters`: as in Dive into Deep Learning, lower-case a to z, one space for anything else. */
export type Cleaning = (typeof cleanings)[number];

/** The text as a model is to see it. */
export function cleaned(text: string, cleaning: Cleaning): string {
  // A file that begins with a byte order mark does not mean it as text.
  return cleaning === 'letters' ? lettersOnly(text).trim() : text.replace(/^\ufeff/, '');
}

export function tokenizerFor(tokens: TokenKind, cleaning: Cleaning): Tokenizer {
  if (tokens === 'byte') return byteTokenizer();
  if (tokens === 'char') return charTokenizer();
  // Clean text has words between spaces and nothing else; in others punctuation is split off.
  return cleaning === 'letters' ? wordTokenizer() : unicodeWordTokenizer();
}
