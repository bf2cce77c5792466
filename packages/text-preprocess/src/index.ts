export {
  CLEANING_CONVENTIONS,
  type CleaningConvention,
  cleanLines,
  cleanTokens,
  lettersOnly,
  vocabularyOptionsOf,
} from './cleaning/d2l-conventions.js';
export {
  InvalidArgumentError,
  InvalidFormatError,
  InvalidTokenIdError,
  InvalidUtf8Error,
  UnknownTokenError,
} from './errors.js';
export { BYTE_TOKENS, byteTokenizer } from './tokenizers/byte-tokenizer.js';
export { type CharTokenizerOptions, charTokenizer } from './tokenizers/character-tokenizer.js';
export type { Tokenizer, TokenizerJson } from './tokenizers/tokenizer.js';
export { type WordTokenizerOptions, wordTokenizer } from './tokenizers/word-tokenizer.js';
export { TokenCounts } from './vocabulary/token-counts.js';
export type { VocabularyOrder } from './vocabulary/token-order.js';
export { Vocabulary, type VocabularyOptions } from './vocabulary/vocabulary.js';
export type { VocabularyJson } from './vocabulary/vocabulary-json.js';
