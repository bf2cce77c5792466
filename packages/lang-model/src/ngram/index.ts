export { ArpaFormatError, ArpaTokenError } from './arpa-format.js';
export { type ArpaModel, type ReadArpaOptions, readArpa } from './arpa-reader.js';
export { arpaChunks, arpaTokenNames, checkedArpaNames } from './arpa-writer.js';
export { BackoffNgramModel } from './backoff-model.js';
export type { BackoffTables } from './backoff-tables.js';
export type { NgramCorpus, NgramVocabulary, SentenceMarks } from './corpus.js';
export { CountNgramModel, type CountSmoothing } from './count-model.js';
export {
  type AddKOptions,
  addK,
  type CountModelOptions,
  type LaplaceOptions,
  laplace,
  maximumLikelihood,
} from './count-smoothing.js';
export { type CorpusCountOptions, type CorpusCounts, countCorpus, HIGHEST_ORDER } from './counts.js';
export { DiscountError, type Discounts, type DiscountWarning } from './discounts.js';
export { type KneserNeyEstimate, type KneserNeyOptions, kneserNey } from './kneser-ney.js';
export { isNgramConfig, type NgramConfigJson } from './ngram-config.js';
export {
  decodeNgramModel,
  encodeNgramModel,
  type LoadedNgramModel,
  type SaveNgramModelOptions,
} from './ngram-files.js';
export type { NgramModel } from './ngram-model.js';
export { type PruneThresholds, prunedCounts } from './pruning.js';
export { evaluateSentences, type SentenceEvaluation, type SentenceScore } from './sentence-evaluation.js';
export { type NgramStorage, ngramStorage } from './storage.js';
export { NgramTrie, type NgramTrieArrays } from './trie.js';
export { type WittenBellOptions, wittenBell } from './witten-bell.js';
