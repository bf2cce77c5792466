// The form in which a model sees a text. Training, evaluation, prompts, n-grams and the page all go through it.
import type { SentenceMarks } from '@throughtime/lang-model';
import {
  byteTokenizer,
  charTokenizer,
  type Detokenizer,
  lettersOnly,
  regexTokenizer,
  type Tokenizer,
  type TokenizerJson,
  unicodeWordTokenizer,
  wordTokenizer,
} from '@throughtime/text-preprocess';
import { type Cleaning, cleanings, type TokenKind } from './settings.js';

/**
 * The end of a sentence is a line end where it is shown, though an ARPA file calls it `</s>`: so a model of lines writes lines.
 */
export const lineMarks = { begin: '<s>', end: '\n' } as const;

const lineEnds = /\r\n|\n|\r/;
const allLineEnds = /\r\n|\n|\r/g;

export interface TextFormOptions {
  readonly tokenizer: Tokenizer;
  readonly clean: Cleaning;
  /** Whether each line is a text of its own. */
  readonly lines: boolean;
}

/**
 * How text becomes tokens: a byte order mark at its beginning is no text; line ends may be words (`eos`) or borders (`lines`); the
 * cleaning; the tokenizer. A model carries it in its notes, so that whatever it reads later has the form that it was trained on.
 */
export class TextForm {
  readonly tokenizer: Tokenizer;
  readonly clean: Cleaning;
  readonly lines: boolean;

  constructor({ tokenizer, clean, lines }: TextFormOptions) {
    this.tokenizer = tokenizer;
    this.clean = clean;
    this.lines = lines;
  }

  /** The form of a saved model. Models saved before `lines` was noted show it by their sentence marks. */
  static of(saved: {
    readonly model: object;
    readonly tokenizer: Tokenizer;
    readonly notes: Readonly<Record<string, unknown>>;
  }): TextForm {
    const { tokenizer, notes } = saved;
    const { sentences } = saved.model as { readonly sentences?: SentenceMarks };
    const clean = cleanings.find((known) => known === notes.cleaning) ?? 'none';
    return new TextForm({ tokenizer, clean, lines: notes.lines === true || sentences !== undefined });
  }

  /** What a model's notes say of it. */
  get notes(): Readonly<Record<string, unknown>> {
    return { cleaning: this.clean, ...(this.lines && { lines: true }) };
  }

  /** The tokens of a text as a whole, or line by line without empty lines; no texts for an empty one. */
  texts(text: string, { maxTokens }: { readonly maxTokens?: number | undefined } = {}): string[][] {
    let left = maxTokens ?? Number.POSITIVE_INFINITY;
    const whole = withoutMark(text);
    return (this.lines ? whole.split(lineEnds) : [whole]).flatMap((part) => {
      if (left <= 0) return [];
      const tokens = this.tokenizer.tokenize(this.#cleaned(part)).slice(0, left);
      left -= tokens.length;
      return tokens.length > 0 ? [tokens] : [];
    });
  }

  /**
   * The tokens of a text that goes on after its end. Where each line is a text, a line end is the token that ends it, and the
   * last line is left open. Blanks at either end stay, since what follows is written after them.
   */
  prompt(text: string): string[] {
    const whole = withoutMark(text);
    if (!this.lines) return this.tokenizer.tokenize(this.#cleaned(whole, { open: true }));
    const lines = whole.split(lineEnds);
    const open = this.tokenizer.tokenize(this.#cleaned(lines.pop() ?? '', { open: true }));
    const ended = lines.flatMap((line) => {
      const tokens = this.tokenizer.tokenize(this.#cleaned(line));
      return tokens.length > 0 ? [...tokens, lineMarks.end] : [];
    });
    return [...ended, ...open];
  }

  /** Cuts prompts, and puts together what a model says, in this form. Other tokenizers do not know the ends of lines. */
  get prompts(): Tokenizer {
    return new PromptTokenizer(this);
  }

  #cleaned(text: string, { open = false } = {}): string {
    switch (this.clean) {
      case 'none':
        return text;
      case 'eos':
        return text.replace(allLineEnds, ' <eos> ');
      case 'letters':
        // A prompt is never changed into another: letters that the cleaning would drop stay, for the vocabulary to refuse them.
        return open
          ? text.replace(/[\p{ASCII}\P{L}]+/gu, (known) => lettersOnly(known))
          : lettersOnly(text).trim();
    }
  }
}

class PromptTokenizer implements Tokenizer {
  readonly type: string;
  readonly #form: TextForm;

  constructor(form: TextForm) {
    this.type = form.tokenizer.type;
    this.#form = form;
  }

  tokenize(text: string): string[] {
    return this.#form.prompt(text);
  }

  detokenize(tokens: Iterable<string>): string {
    const detokenizer = this.detokenizer();
    return [...[...tokens].map((token) => detokenizer.push(token)), detokenizer.end()].join('');
  }

  detokenizer(): Detokenizer {
    const { tokenizer, lines } = this.#form;
    if (!lines) return tokenizer.detokenizer();
    let line = tokenizer.detokenizer();
    return {
      push(token) {
        if (token !== lineMarks.end) return line.push(token);
        // The next line begins anew: no blank stands before its first word.
        const rest = line.end();
        line = tokenizer.detokenizer();
        return rest + token;
      },
      end: () => line.end(),
    };
  }

  splitPoint(): number {
    return 0;
  }

  toJSON(): TokenizerJson {
    return this.#form.tokenizer.toJSON();
  }
}

/** A file that begins with a byte order mark does not mean it as text. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

export function tokenizerFor(tokens: TokenKind, cleaning: Cleaning): Tokenizer {
  switch (tokens) {
    case 'byte':
      return byteTokenizer();
    case 'char':
      return charTokenizer();
    case 'whitespace':
      return blankSeparated();
    case 'word':
      // Prepared text has words between spaces and nothing else; in others punctuation is split off.
      return cleaning === 'none' ? unicodeWordTokenizer() : wordTokenizer();
  }
}

/** Words as the file has them. What stands between them is KenLM's: a no-break space, for one, is part of a word. */
function blankSeparated(): Tokenizer {
  return regexTokenizer({ pattern: /[^\0\t\n\v\f\r ]+/u });
}
