import type { SentenceMarks } from '@throughtime/lang-model';
import type { Tokenizer } from '@throughtime/text-preprocess';
import { type Cleaning, cleaned } from './text-form.js';

export interface TextForm {
  readonly tokenizer: Tokenizer;
  readonly clean: Cleaning;
  /** Whether each line is a text of its own. */
  readonly lines: boolean;
}

/** The tokens of a text as a whole, or line by line without empty lines; nothing for an empty text. */
export function tokenTexts(text: string, { tokenizer, clean, lines }: TextForm): string[][] {
  return (lines ? text.split(/\r\n|\n|\r/) : [text])
    .map((part) => tokenizer.tokenize(cleaned(part, clean)))
    .filter((tokens) => tokens.length > 0);
}

/** The texts up to so many tokens in all; the last one may be cut. */
export function firstTokens(texts: readonly string[][], most = Number.POSITIVE_INFINITY): string[][] {
  let left = most;
  return texts.flatMap((text) => {
    const taken = text.slice(0, left);
    left -= taken.length;
    return taken.length > 0 ? [taken] : [];
  });
}

/** Texts end to end; where the model has sentence marks, each with its end. */
export function joined(texts: readonly Int32Array[], sentences: SentenceMarks | undefined): Int32Array {
  return Int32Array.from(texts.flatMap((ids) => (sentences ? [...ids, sentences.end] : [...ids])));
}
