import { checkOptions, oneOf, required } from '@throughtime/errors';
import { requireText } from '../require-text.js';
import { type ChunkStage, cutStage, streamThroughStage, throughStage } from '../streams/chunk-cutter.js';
import type { VocabularyOptions } from '../vocabulary/vocabulary.js';
import { lineSplitPoint, splitLines } from './lines.js';
import { splitWhitespace, stripWhitespace } from './whitespace.js';

/**
 * How an edition of "Dive into Deep Learning" cleans its corpus. In all three, every run of characters other than
 * A-Z and a-z becomes one space, and what is left becomes lower case. They differ in when lines are stripped:
 *
 * - `d2l-0.7`: each line before the substitution; a line that ends in punctuation keeps a space at its end, and words are
 *   split at single spaces, so empty words occur.
 * - `d2l-0.17` (also 0.14 to 0.16): each line after the substitution; words are split at whitespace.
 * - `d2l-1.0`: never; the whole text is one line.
 */
export type CleaningConvention = 'd2l-0.7' | 'd2l-0.17' | 'd2l-1.0';

/** Every convention, oldest first: for menus and messages. */
export const CLEANING_CONVENTIONS: readonly CleaningConvention[] = ['d2l-0.7', 'd2l-0.17', 'd2l-1.0'];

interface Convention {
  /** As `Tokenizer.splitPoint`. */
  readonly splitPoint: (text: string) => number;
  readonly lines: (text: string) => string[];
  readonly words: (line: string) => string[];
  readonly vocabulary: VocabularyOptions;
}

const conventions: Record<CleaningConvention, Convention> = {
  'd2l-0.7': {
    splitPoint: lineSplitPoint,
    lines: (text) => splitLines(text).map((line) => lettersOnly(stripWhitespace(line))),
    words: (line) => line.split(' '),
    vocabulary: { order: 'frequency-alphabetical' },
  },
  'd2l-0.17': {
    splitPoint: lineSplitPoint,
    lines: (text) => splitLines(text).map((line) => stripWhitespace(lettersOnly(line))),
    words: splitWhitespace,
    vocabulary: { order: 'frequency' },
  },
  'd2l-1.0': {
    splitPoint: afterLastLetter,
    lines: (text) => [lettersOnly(text)],
    words: splitWhitespace,
    vocabulary: { order: 'alphabetical' },
  },
};

/** `text` with every run of other characters than A-Z and a-z replaced by one space, in lower case. */
export function lettersOnly(text: string): string {
  requireText(text);
  return text.replace(/[^A-Za-z]+/g, ' ').toLowerCase();
}

/**
 * The cleaned lines of `text`: one for each line, empty ones included; with `d2l-1.0` the whole text as one.
 * @throws ArgumentError when there is no convention of that name
 */
export function cleanLines(text: string, convention: CleaningConvention): string[] {
  const { lines } = conventionNamed(convention);
  requireText(text);
  return lines(text);
}

/**
 * {@link cleanLines} for a text that comes in chunks cut anywhere. With `d2l-1.0` the one line comes in pieces.
 * @throws ArgumentError when there is no convention of that name
 */
export function cleanLineChunks(
  chunks: Iterable<string>,
  convention: CleaningConvention,
): Generator<string, void, undefined> {
  return throughStage(chunks, stageOf(convention));
}

/** {@link cleanLineChunks} for a source that is waited for, such as a file or a response. */
export function cleanLineStream(
  chunks: AsyncIterable<string>,
  convention: CleaningConvention,
): AsyncGenerator<string, void, undefined> {
  return streamThroughStage(chunks, stageOf(convention));
}

function stageOf(convention: CleaningConvention): ChunkStage<string, string> {
  const { splitPoint, lines } = conventionNamed(convention);
  return cutStage(splitPoint, lines);
}

/** Options of {@link cleanTokens}. */
export interface CleanTokensOptions {
  /** Which edition of the book is followed. */
  readonly convention: CleaningConvention;
  /** What a token is. */
  readonly unit: 'character' | 'word';
}

/**
 * The tokens of the chapter's corpus: cleaned, then split into characters or words line by line. A line's end is no
 * token, as in the chapter, so with `d2l-0.7` and `d2l-0.17` characters of neighboring lines touch.
 * @throws ArgumentError when there is no convention or unit of that name
 */
export function cleanTokens(text: string, options: CleanTokensOptions): string[] {
  checkOptions<CleanTokensOptions>(options, {
    convention: required(oneOf(CLEANING_CONVENTIONS)),
    unit: required(oneOf(['character', 'word'])),
  });
  requireText(text);
  const { lines, words } = conventions[options.convention];
  return options.unit === 'character' ? lines(text).join('').split('') : lines(text).flatMap(words);
}

/**
 * How the convention's edition orders its vocabulary: by frequency with ties in alphabetical order (0.7) or by first
 * occurrence (0.17), or alphabetically, `<unk>` in its place among the rest (1.0).
 * @throws ArgumentError when there is no convention of that name
 */
export function vocabularyOptionsOf(convention: CleaningConvention): VocabularyOptions {
  return conventionNamed(convention).vocabulary;
}

function conventionNamed(name: CleaningConvention): Convention {
  return conventions[oneOf(CLEANING_CONVENTIONS)('convention', name)];
}

/** A run of other characters that ends the text may go on. */
function afterLastLetter(text: string): number {
  let end = text.length;
  while (end > 0 && !/[A-Za-z]/.test(text[end - 1])) end--;
  return end;
}
