export { ArgumentError } from '@throughtime/errors';
export { BpeTokenizer } from './bpe/bpe-tokenizer.js';
export type { BpeParts, Merge } from './bpe/merges.js';
export type { TokenizerFile } from './bpe/tokenizer-file.js';
export { type TrainBpeOptions, trainBpe, trainBpeStream } from './bpe/train-bpe.js';
export { type CleanTextOptions, cleanText, cleanTextChunks, cleanTextStream } from './cleaning/clean-text.js';
export {
  CLEANING_CONVENTIONS,
  type CleaningConvention,
  type CleanTokensOptions,
  cleanLineChunks,
  cleanLineStream,
  cleanLines,
  cleanTokens,
  lettersOnly,
  vocabularyOptionsOf,
} from './cleaning/d2l-conventions.js';
export { type GutenbergParts, gutenbergParts, stripGutenberg } from './cleaning/gutenberg.js';
export { countTokens, countTokensStream } from './counting/count-tokens.js';
export { countNgrams, NgramCounts } from './counting/ngrams.js';
export { fitZipf, type ZipfFit, type ZipfOptions } from './counting/zipf.js';
export {
  InvalidFormatError,
  InvalidTokenIdError,
  InvalidUtf8Error,
  UnknownTokenError,
} from './errors.js';
export { tokenizeChunks, tokenizeStream } from './streams/tokenize-stream.js';
export { decodeUtf8, decodeUtf8Chunks, decodeUtf8Stream, type Utf8Options } from './streams/utf8.js';
export { SubwordTokenizer } from './subwords/subword-tokenizer.js';
export { TextCodec, type TextCodecOptions, type TextDecoding } from './text-codec.js';
export { BYTE_TOKENS, byteTokenizer } from './tokenizers/byte-tokenizer.js';
export { type CharTokenizerOptions, charTokenizer } from './tokenizers/character-tokenizer.js';
export type { Detokenizer } from './tokenizers/detokenizer.js';
export { type RegexTokenizerOptions, regexTokenizer } from './tokenizers/regex-tokenizer.js';
export {
  ENGLISH_ABBREVIATIONS,
  type SentenceTokenizerOptions,
  sentenceTokenizer,
} from './tokenizers/sentence-tokenizer.js';
export {
  type TextCounter,
  type TextEncoding,
  type Tokenizer,
  type TokenizerJson,
  type TokenizerOption,
  tokenizerCheck,
} from './tokenizers/tokenizer.js';
export { tokenizerFromJSON } from './tokenizers/tokenizer-json.js';
export { type TreebankTokenizerOptions, treebankTokenizer } from './tokenizers/treebank-tokenizer.js';
export {
  type UnicodeWordTokenizerOptions,
  unicodeWordTokenizer,
} from './tokenizers/unicode-word-tokenizer.js';
export { type SpaceHandling, type WordTokenizerOptions, wordTokenizer } from './tokenizers/word-tokenizer.js';
export { type TrainUnigramOptions, trainUnigram } from './unigram/train-unigram.js';
export type { UnigramFile, UnigramParts } from './unigram/unigram-file.js';
export { UnigramTokenizer } from './unigram/unigram-tokenizer.js';
export { TokenCounts } from './vocabulary/token-counts.js';
export {
  Vocabulary,
  type VocabularyOptions,
  type VocabularyOrder,
  vocabularyCheck,
  vocabularySizes,
} from './vocabulary/vocabulary.js';
export type { VocabularyJson } from './vocabulary/vocabulary-json.js';
export { type TrainWordPieceOptions, trainWordPiece } from './wordpiece/train-wordpiece.js';
export type { WordPieceFile, WordPieceParts } from './wordpiece/wordpiece-file.js';
export { WordPieceTokenizer } from './wordpiece/wordpiece-tokenizer.js';
