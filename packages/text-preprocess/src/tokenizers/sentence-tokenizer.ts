import { checkOptions, list, oneOf, text } from '@throughtime/errors';
import { whiteSpace } from '../cleaning/whitespace.js';
import { requireText } from '../require-text.js';
import { type Detokenizer, detokenizeAll, joining } from './detokenizer.js';
import { forEachSegment, segmenterOf } from './segments.js';
import type { Tokenizer, TokenizerJson } from './tokenizer.js';

/** English abbreviations that are followed by a name or a number more often than by a new sentence. */
export const ENGLISH_ABBREVIATIONS: readonly string[] = [
  ...['Mr', 'Mrs', 'Ms', 'Messrs', 'Dr', 'Prof', 'Rev', 'Hon', 'St', 'Sr', 'Jr', 'Esq'],
  ...['Capt', 'Col', 'Gen', 'Lt', 'Sgt', 'Maj', 'Gov', 'Sen', 'Rep', 'Mt', 'Ft'],
  ...['vol', 'Vol', 'fig', 'Fig', 'pp', 'cf', 'viz', 'vs', 'e.g', 'i.e'],
];

/** Options of {@link sentenceTokenizer}. */
export interface SentenceTokenizerOptions {
  /** A BCP 47 language tag. Default `'en'`. */
  readonly locale?: string;
  /**
   * Whether a single line end may stand inside a sentence. `'wrap'` (default), for texts of fixed width such as books: only
   * an empty line ends a paragraph. `'end'`: every line end ends a sentence.
   */
  readonly lineEnds?: 'wrap' | 'end';
  /** Words after which a full stop ends no sentence, as written, without the stop. Default {@link ENGLISH_ABBREVIATIONS}. */
  readonly abbreviations?: readonly string[];
}

/**
 * Sentences as tokens: UAX #29 boundaries as `Intl.Segmenter` has them, less those after abbreviations. Each token holds the
 * whitespace after its sentence, so every character is kept; trim them for display.
 * @throws ArgumentError when an option is out of range
 */
export function sentenceTokenizer(options: SentenceTokenizerOptions = {}): Tokenizer {
  checkOptions<SentenceTokenizerOptions>(options, {
    locale: text,
    lineEnds: oneOf(['wrap', 'end']),
    abbreviations: list(text),
  });
  const { locale = 'en', lineEnds = 'wrap', abbreviations = ENGLISH_ABBREVIATIONS } = options;
  return new SentenceTokenizer(segmenterOf(locale, 'sentence'), { locale, lineEnds, abbreviations });
}

class SentenceTokenizer implements Tokenizer {
  readonly type = 'sentence';
  readonly #segmenter: Intl.Segmenter;
  readonly #options: Required<SentenceTokenizerOptions>;
  readonly #abbreviations: ReadonlySet<string>;

  constructor(segmenter: Intl.Segmenter, options: Required<SentenceTokenizerOptions>) {
    this.#segmenter = segmenter;
    this.#options = options;
    this.#abbreviations = new Set(options.abbreviations);
  }

  tokenize(text: string): string[] {
    requireText(text);
    // A paragraph at a time: what stands in one never moves a boundary in another, which makes streams exact.
    return text.split(this.#paragraphEnd()).flatMap((paragraph) => this.#sentences(paragraph));
  }

  detokenize(tokens: Iterable<string>): string {
    return detokenizeAll(tokens, this.detokenizer());
  }

  detokenizer(): Detokenizer {
    return joining();
  }

  splitPoint(text: string): number {
    let point = 0;
    // linear: literals, below
    for (const { index } of text.matchAll(new RegExp(this.#paragraphEnd(), 'g'))) point = index;
    return point;
  }

  toJSON(): TokenizerJson {
    return { type: this.type, ...this.#options };
  }

  /** Matches the empty string at the start of each line that begins a paragraph and is not blank. */
  #paragraphEnd(): RegExp {
    return this.#options.lineEnds === 'end'
      ? /(?<=\n)(?=[ \t\r]*[^ \t\r\n])/
      : /(?<=\n[ \t\r]*\n)(?=[ \t\r]*[^ \t\r\n])/;
  }

  #sentences(paragraph: string): string[] {
    // Spaces in place of line ends, one for one: offsets stay. UAX #29 would end a sentence at each.
    const flat = paragraph.replace(/[\r\n]/g, ' ');
    const sentences: string[] = [];
    let start = 0;
    let end = 0;
    forEachSegment(this.#segmenter, flat, ({ segment }) => {
      end += segment.length;
      if (end < flat.length && this.#endsInAbbreviation(flat, start, end)) return;
      sentences.push(paragraph.slice(start, end));
      start = end;
    });
    return sentences;
  }

  /** Whether the sentence from `start` to `end` ends in an abbreviation, its full stop and white space. */
  #endsInAbbreviation(flat: string, start: number, end: number): boolean {
    const { table } = whiteSpace.unicode;
    let stop = end;
    while (stop > start && table[flat.charCodeAt(stop - 1)] === 1) stop--;
    if (stop === end || flat[stop - 1] !== '.') return false;
    let word = stop - 1;
    // From the end, so that a paragraph full of abbreviations takes no time in proportion to its square.
    while (word > start && table[flat.charCodeAt(word - 1)] === 0 && !OPENING.includes(flat[word - 1]))
      word--;
    const lastWord = flat.slice(word, stop - 1);
    // A single capital letter is an initial: "H. G. Wells".
    return this.#abbreviations.has(lastWord) || /^(?!I$)\p{Lu}$/u.test(lastWord);
  }
}

/** What may stand before the first word of a sentence or a quotation. */
const OPENING = '"\'([“‘';
