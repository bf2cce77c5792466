import type { LanguageModel } from '../language-model.js';
import type { NgramVocabulary } from './corpus.js';
import type { NgramTrie } from './trie.js';

/** What all n-gram models are, however they are smoothed. The state is a number: the context, of order - 1 tokens at most. */
export interface NgramModel extends LanguageModel<number>, NgramVocabulary {
  /** The length of the longest n-grams. */
  readonly order: number;
  /** The n-grams that the model holds. */
  readonly trie: NgramTrie;
  /** Natural logarithms of the probabilities of the next token, [V]. The array is valid until the next call. */
  logProbabilities(state: number): Float64Array;
  /** The natural log-probability of each id given those before it, [ids.length], from `state` (default: the initial one). */
  score(ids: ArrayLike<number>, state?: number): Float64Array;
}
