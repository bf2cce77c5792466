import { BpeTokenizer } from '../bpe/bpe-tokenizer.js';
import { InvalidArgumentError, InvalidFormatError } from '../errors.js';
import { savedJson } from '../saved-json.js';
import { byteTokenizer } from './byte-tokenizer.js';
import { type CharTokenizerOptions, charTokenizer } from './character-tokenizer.js';
import { type RegexTokenizerOptions, regexTokenizer } from './regex-tokenizer.js';
import { type SentenceTokenizerOptions, sentenceTokenizer } from './sentence-tokenizer.js';
import type { Tokenizer } from './tokenizer.js';
import { type TreebankTokenizerOptions, treebankTokenizer } from './treebank-tokenizer.js';
import { type UnicodeWordTokenizerOptions, unicodeWordTokenizer } from './unicode-word-tokenizer.js';
import { type WordTokenizerOptions, wordTokenizer } from './word-tokenizer.js';

/**
 * The tokeniser whose `toJSON` saved this: from the parsed value or its text. Also reads a `tokenizer.json` of byte-level BPE.
 * @throws InvalidFormatError when it is damaged, or of a type or with options that no tokeniser here has
 */
export function tokenizerFromJSON(json: unknown): Tokenizer {
  const value = savedJson(json, 'tokenizer');
  if (typeof value !== 'object' || value === null) throw invalid('expected an object');
  const { type, ...options } = value as Record<string, unknown>;
  if (type === undefined && 'model' in value) return BpeTokenizer.fromJSON(value);
  try {
    return make(type, options);
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw invalid(cause.message, cause);
    throw cause;
  }
}

function make(type: unknown, options: Record<string, unknown>): Tokenizer {
  // The functions check their options themselves, whatever type these claim to have.
  switch (type) {
    case 'character':
      return charTokenizer(options as CharTokenizerOptions);
    case 'word':
      return wordTokenizer(options as WordTokenizerOptions);
    case 'byte':
      return byteTokenizer();
    case 'unicode-word':
      return unicodeWordTokenizer(options as UnicodeWordTokenizerOptions);
    case 'treebank':
      return treebankTokenizer(options as TreebankTokenizerOptions);
    case 'sentence':
      return sentenceTokenizer(options as SentenceTokenizerOptions);
    case 'regex': {
      const { source, flags, ...others } = options;
      return regexTokenizer({ ...others, pattern: pattern(source, flags) } as RegexTokenizerOptions);
    }
    default:
      throw invalid(`expected a type of this package, got ${JSON.stringify(type)}`);
  }
}

function pattern(source: unknown, flags: unknown): RegExp {
  if (typeof source !== 'string' || typeof flags !== 'string')
    throw invalid('source, flags: expected strings');
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw invalid(`source, flags: expected a regular expression, got /${source}/${flags}`, cause);
  }
}

function invalid(problem: string, cause?: unknown): InvalidFormatError {
  return new InvalidFormatError('tokenizer', problem, cause === undefined ? undefined : { cause });
}
