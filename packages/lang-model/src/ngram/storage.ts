import { CountNgramModel } from './count-model.js';
import type { NgramModel } from './ngram-model.js';

/** What the n-grams of one order take. */
export interface NgramStorage {
  /** How many tokens the n-grams have. */
  readonly order: number;
  /** How many different n-grams the model holds; with order 1, the whole vocabulary. */
  readonly ngrams: number;
  /** Of memory, and of the file that saves the model. */
  readonly bytes: number;
}

/**
 * What a model's n-grams take, order by order. Each has a token, a suffix link, and numbers: a float32 probability and, below the highest
 * order, a float32 weight; or an int32 count. Below the highest order it also has the place of its children.
 */
export function ngramStorage(model: NgramModel): NgramStorage[] {
  return Array.from({ length: model.order }, (_, i) => {
    const order = i + 1;
    const hasChildren = order < model.order;
    const numbers = model instanceof CountNgramModel || !hasChildren ? 4 : 8;
    const ngrams = model.trie.countOf(order);
    return { order, ngrams, bytes: ngrams * (8 + (hasChildren ? 4 : 0) + numbers) };
  });
}
