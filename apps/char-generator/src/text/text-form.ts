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

export const cleanings = ['none', 'letters', 'eos'] as const;

/**
 * `none`: the text as it is. `letters`: as in Dive into Deep Learning, lower-case a to z, one space for anything else. `eos`: the
 * end of each line is a word, <eos>, as in Penn Treebank models.
 */
export type Cleaning = (typeof cleanings)[number];

/** The text as a model is to see it. */
export function cleaned(text: string, cleaning: Cleaning): string {
  if (cleaning === 'eos') return text.replace(/\r?\n/g, ' <eos> ');
  // A file that begins with a byte order mark does not mean it as text.
  return cleaning === 'letters' ? lettersOnly(text).trim() : text.replace(/^\ufeff/, '');
}

export function tokenizerFor(tokens: TokenKind, cleaning: Cleaning): Tokenizer {
  if (tokens === 'byte') return byteTokenizer();
  if (tokens === 'char') return charTokenizer();
  // Prepared text has words between spaces and nothing else; in others punctuation is split off.
  return cleaning === 'none' ? unicodeWordTokenizer() : wordTokenizer();
}
