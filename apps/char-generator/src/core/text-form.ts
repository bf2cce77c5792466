// The form in which a model sees a text. Training, evaluation, prompts, n-grams and the page all go through it.
import type { SentenceMarks } from '@throughtime/lang-model';
import {
  byteTokenizer,
  CLEANING_CONVENTIONS,
  type CleaningConvention,
  charTokenizer,
  cleanLines,
  cleanTokens,
  type Detokenizer,
  lettersOnly,
  regexTokenizer,
  type SubwordTokenizer,
  type Tokenizer,
  type TokenizerJson,
  trainBpe,
  trainUnigram,
  trainWordPiece,
  unicodeWordTokenizer,
  wordTokenizer,
} from '@throughtime/text-preprocess';
import { type Cleaning, cleanings, type LearnedTokenKind, type TokenKind } from './settings.js';

/**
 * The end of a sentence is a line end where it is shown, though an ARPA file calls it `</s>`: so a model of lines writes lines.
 */
export const lineMarks = { begin: '<s>', end: '\n' } as const;

const lineEnds = /\r\n|\n|\r/;
const allLineEnds = /\r\n|\n|\r/g;

/** The edition of the chapter that a cleaning is of; undefined for the others. */
export function conventionOf(clean: Cleaning): CleaningConvention | undefined {
  return CLEANING_CONVENTIONS.find((convention) => convention === clean);
}

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
      const tokens = this.#tokens(part).slice(0, left);
      left -= tokens.length;
      return tokens.length > 0 ? [tokens] : [];
    });
  }

  /**
   * The tokens of a text that continues after its end. Where each line is a text, a line end is the token that ends it, and the
   * last line is left open. Blanks at either end stay, since what follows is written after them.
   */
  prompt(text: string): string[] {
    const whole = withoutMark(text);
    if (this.lines) {
      const lines = whole.split(lineEnds);
      const open = this.#openTokens(lines.pop() ?? '');
      const ended = lines.flatMap((line) => {
        const tokens = this.#tokens(line);
        return tokens.length > 0 ? [...tokens, lineMarks.end] : [];
      });
      return [...ended, ...open];
    }
    // Two editions of the chapter clean line by line: the lines that have ended, as in training.
    const byLines = this.clean === 'd2l-0.7' || this.clean === 'd2l-0.17';
    const end = byLines ? Math.max(whole.lastIndexOf('\n'), whole.lastIndexOf('\r')) + 1 : 0;
    return [...this.#tokens(whole.slice(0, end)), ...this.#openTokens(whole.slice(end))];
  }

  /** Cuts prompts, and puts together what a model says, in this form. Other tokenizers do not know the ends of lines. */
  get prompts(): Tokenizer {
    return new PromptTokenizer(this);
  }

  /** The tokens of a text that has ended. */
  #tokens(text: string): string[] {
    const { clean, tokenizer } = this;
    const convention = conventionOf(clean);
    if (convention) {
      if (tokenizer.type === 'character') return cleanTokens(text, { convention, unit: 'character' });
      if (tokenizer.type === 'word') return cleanTokens(text, { convention, unit: 'word' });
      if (tokenizer.type === 'byte') return tokenizer.tokenize(cleanLines(text, convention).join(''));
    }
    return tokenizer.tokenize(cleaned(text, clean));
  }

  /** The tokens of a text, or of its last line, that continues. */
  #openTokens(text: string): string[] {
    const { clean, tokenizer } = this;
    switch (clean) {
      case 'none':
      case 'eos':
        return tokenizer.tokenize(cleaned(text, clean));
      case 'letters':
      case 'd2l-1.0':
        return tokenizer.tokenize(openLetters(text));
      case 'd2l-0.17':
        return tokenizer.tokenize(openLetters(text).trimStart());
      case 'd2l-0.7': {
        const cleaned = openLetters(text.trimStart());
        if (tokenizer.type !== 'word') return tokenizer.tokenize(cleaned);
        // Split at single spaces, as in training; what the last one ends continues.
        const words = cleaned.split(' ');
        return words[words.length - 1] === '' ? words.slice(0, -1) : words;
      }
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
        // The next line begins again: no blank stands before its first word.
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

/** A text, cleaned. Of the chapter's editions line by line: their characters and words are a matter of `cleanTokens`. */
function cleaned(text: string, clean: Cleaning): string {
  switch (clean) {
    case 'none':
      return text;
    case 'eos':
      return text.replace(allLineEnds, ' <eos> ');
    case 'letters':
      return lettersOnly(text).trim();
    default:
      return cleanLines(text, clean).join('\n');
  }
}

export interface LearnedTokensOptions {
  readonly tokens: LearnedTokenKind;
  readonly clean: Cleaning;
  readonly vocabularySize: number;
}

/** Parts of words, learned of a text in the form that a model of them reads. */
export function learnedTokens(
  text: string,
  { tokens, clean, vocabularySize }: LearnedTokensOptions,
): SubwordTokenizer {
  const read = cleaned(withoutMark(text), clean);
  switch (tokens) {
    case 'bpe':
      return trainBpe(read, { vocabularySize });
    case 'wordpiece':
      return trainWordPiece(read, { vocabularySize });
    case 'unigram':
      return trainUnigram(read, { vocabularySize });
  }
}

/** A prompt is never changed into another: letters that the cleaning would drop stay, for the vocabulary to refuse them. */
function openLetters(text: string): string {
  return text.replace(/[\p{ASCII}\P{L}]+/gu, (known) => lettersOnly(known));
}

/** A file that begins with a byte order mark does not mean it as text. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** The kind of token that a tokenizer cuts. */
export function kindOf(tokenizer: Tokenizer): TokenKind {
  const { type } = tokenizer;
  switch (type) {
    case 'byte':
    case 'bpe':
    case 'wordpiece':
    case 'unigram':
      return type;
    case 'character':
      return tokenizer.toJSON().unit === 'grapheme' ? 'grapheme' : 'char';
    case 'regex':
      return 'whitespace';
    default:
      return 'word';
  }
}

/** Of a kind that is made, not learned of a text. */
export function tokenizerFor(tokens: Exclude<TokenKind, LearnedTokenKind>, cleaning: Cleaning): Tokenizer {
  switch (tokens) {
    case 'byte':
      return byteTokenizer();
    case 'char':
      return charTokenizer();
    case 'grapheme':
      return charTokenizer({ unit: 'grapheme' });
    case 'whitespace':
      return blankSeparated();
    case 'word':
      // Prepared text has words between spaces and nothing else; in others punctuation is split off.
      return cleaning === 'none' ? unicodeWordTokenizer() : wordTokenizer();
  }
}

/** Words as the file has them. KenLM says what stands between them: a no-break space, for one, is part of a word. */
function blankSeparated(): Tokenizer {
  return regexTokenizer({ pattern: /[^\0\t\n\v\f\r ]+/u });
}
