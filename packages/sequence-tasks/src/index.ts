export type { LabeledBatch, PairBatch } from '@throughtime/contract';
export { ArgumentError } from '@throughtime/errors';
export {
  type BleuOptions,
  type BleuScore,
  type BleuText,
  chapterBleu,
  corpusBleu,
  sentenceBleu,
} from './bleu/bleu.js';
export type { BleuTokenizer } from './bleu/bleu-tokens.js';
export { InvalidTaskModelError } from './errors.js';
