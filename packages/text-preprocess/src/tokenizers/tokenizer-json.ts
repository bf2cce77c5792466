import {
  ArgumentError,
  checkOptions,
  type SavedFields,
  SavedFormat,
  savedFields,
  showValue,
  withFields,
} from '@throughtime/errors';
import { InvalidFormatError, readSaved } from '../errors.js';
import { byteTokenizer } from './byte-tokenizer.js';
import { type CharTokenizerOptions, charTokenizer } from './character-tokenizer.js';
import { tokenizerReader } from './learned-tokenizers.js';
import { checkPatternLength, NonlinearPatternError } from './linear-pattern.js';
import { type RegexTokenizerOptions, savedRegexTokenizer } from './regex-tokenizer.js';
import { type SentenceTokenizerOptions, sentenceTokenizer } from './sentence-tokenizer.js';
import type { Tokenizer } from './tokenizer.js';
import { type TreebankTokenizerOptions, treebankTokenizer } from './treebank-tokenizer.js';
import { type UnicodeWordTokenizerOptions, unicodeWordTokenizer } from './unicode-word-tokenizer.js';
import { type WordTokenizerOptions, wordTokenizer } from './word-tokenizer.js';

/**
 * Whoever changes what a tokenizer saves adds a version here, with its migration, and lets its `toJSON` write the number as
 * `version`. JSON without a number is version 1: it has the tokenizer's type and options alone, and the format has no name.
 *
 * A `BpeTokenizer` saves a `tokenizer.json`, whose format and version are Hugging Face's: see its own decoder.
 */
const tokenizerFormat = new SavedFormat('tokenizer', withFields<SavedFields>({}));

/**
 * The tokenizer whose `toJSON` saved this: from the parsed value or its text. Also reads a `tokenizer.json` of byte-level BPE, WordPiece or
 * Unigram. A program that a bundler made reads one only where it names its class (`BpeTokenizer`, `WordPieceTokenizer`, `UnigramTokenizer`).
 * @throws InvalidFormatError when it is damaged, or of a type or with options that no tokenizer here has
 */
export function tokenizerFromJSON(json: unknown): Tokenizer {
  const saved = readSaved('tokenizer', () => savedFields(json));
  if (saved.type === undefined && 'model' in saved) return fromTokenizerFile(saved);
  const { version = 1, ...fields } = saved;
  const { type, ...options } = readSaved('tokenizer', () => tokenizerFormat.upToDate(version, fields));
  try {
    return make(type, options);
  } catch (cause) {
    if (cause instanceof ArgumentError || cause instanceof NonlinearPatternError)
      throw invalid(cause.message, cause);
    throw cause;
  }
}

/** A `tokenizer.json`, by the type of its model. Old files of BPE have none. */
function fromTokenizerFile(saved: SavedFields): Tokenizer {
  const { type } = (saved.model ?? {}) as { readonly type?: unknown };
  const known = type === 'WordPiece' || type === 'Unigram' ? type : 'BPE';
  const read = tokenizerReader(known);
  if (read) return read(saved);
  const name = known === 'BPE' ? 'BpeTokenizer' : `${known}Tokenizer`;
  throw invalid(
    `expected ${name} of @throughtime/text-preprocess in the program, got none: a bundler leaves out what no line names`,
  );
}

function make(type: unknown, options: Record<string, unknown>): Tokenizer {
  // The functions check their options themselves, whatever type these claim to have.
  switch (type) {
    case 'character':
      return charTokenizer(options as CharTokenizerOptions);
    case 'word':
      return wordTokenizer(options as WordTokenizerOptions);
    case 'byte':
      checkOptions<object>(options, {});
      return byteTokenizer();
    case 'unicode-word':
      return unicodeWordTokenizer(options as UnicodeWordTokenizerOptions);
    case 'treebank':
      return treebankTokenizer(options as TreebankTokenizerOptions);
    case 'sentence':
      return sentenceTokenizer(options as SentenceTokenizerOptions);
    case 'regex': {
      const { source, flags, ...others } = options;
      return savedRegexTokenizer({ ...others, pattern: pattern(source, flags) } as RegexTokenizerOptions);
    }
    default:
      throw invalid(`expected a type of this package, got ${showValue(type)}`);
  }
}

function pattern(source: unknown, flags: unknown): RegExp {
  if (typeof source !== 'string' || typeof flags !== 'string')
    throw invalid('source, flags: expected strings');
  checkPatternLength(source);
  try {
    // linear: only compiled, see savedRegexTokenizer
    return new RegExp(source, flags);
  } catch (cause) {
    throw invalid(
      `source, flags: expected a regular expression, got ${showValue(source)} with the flags ${showValue(flags)}`,
      cause,
    );
  }
}

function invalid(problem: string, cause?: unknown): InvalidFormatError {
  return new InvalidFormatError('tokenizer', problem, cause === undefined ? undefined : { cause });
}
