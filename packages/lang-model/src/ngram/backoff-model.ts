import { isToken, requireTokens, tokenSequence } from '../checks.js';
import { TokenOutOfRangeError } from '../errors.js';
import type { BackoffTables } from './backoff-tables.js';
import { type NgramVocabulary, requireVocabulary, type SentenceMarks } from './corpus.js';
import type { NgramModel } from './ngram-model.js';
import type { NgramTrie } from './trie.js';

/**
 * A back-off n-gram model, as ARPA files hold it: a probability for every n-gram kept and a weight for every context.
 *
 *     log p(w | h) = log p(h w) where "h w" is kept, else backoff(h) + log p(w | h without its first token)
 *
 * The state is one number, the node of the longest context kept. With sentence marks the initial state has seen `<s>`, and
 * after `</s>` the state is the initial one again. So a text is scored as its sentences, each with `</s>` at its end.
 */
export class BackoffNgramModel implements NgramModel {
  readonly vocabularySize: number;
  /** The marks around sentences, where the model was trained on sentences. */
  readonly sentences: SentenceMarks | undefined;
  /** The id of `<unk>`; undefined when the vocabulary is closed. */
  readonly unknown: number | undefined;
  readonly tables: BackoffTables;
  readonly #row: Float64Array;

  /** @throws ArgumentError when a special id is not in the vocabulary */
  constructor(tables: BackoffTables, vocabulary: NgramVocabulary) {
    requireVocabulary(vocabulary);
    this.vocabularySize = vocabulary.vocabularySize;
    this.sentences = vocabulary.sentences;
    this.unknown = vocabulary.unknown;
    this.tables = tables;
    this.#row = new Float64Array(vocabulary.vocabularySize);
  }

  /** The length of the longest n-grams. */
  get order(): number {
    return this.tables.trie.order;
  }

  /** The n-grams kept, with their contexts. */
  get trie(): NgramTrie {
    return this.tables.trie;
  }

  initialState(): number {
    return this.sentences === undefined ? 0 : this.trie.advance(0, this.sentences.begin);
  }

  /** @throws TokenOutOfRangeError when the token is not in the vocabulary */
  advance(state: number, token: number): number {
    if (!isToken(token, this.vocabularySize)) throw new TokenOutOfRangeError(token, 0, this.vocabularySize);
    return token === this.sentences?.end ? this.initialState() : this.trie.advance(state, token);
  }

  /** Natural logarithms, [V]; -Infinity for `<s>`. Overwritten by the next call. */
  logProbabilities(state: number): Float64Array {
    const { trie, logProbability, backoff } = this.tables;
    const row = this.#row;
    // The contexts from the longest down, each with the weights of backing off to it.
    const contexts: number[] = [];
    const weights: number[] = [];
    let weight = 0;
    for (let context = state; context !== 0; context = trie.suffix[context]) {
      contexts.push(context);
      weights.push(weight);
      weight += backoff[context];
    }
    for (let token = 0; token < row.length; token++)
      row[token] = (logProbability[token + 1] + weight) * Math.LN10;
    // From the shortest context up, whatever a longer one knows replaces what was backed off.
    for (let i = contexts.length - 1; i >= 0; i--) {
      const context = contexts[i];
      for (let node = trie.childStart[context]; node < trie.childStart[context + 1]; node++)
        row[trie.token[node]] = (logProbability[node] + weights[i]) * Math.LN10;
    }
    return row;
  }

  /**
   * The natural log-probability of each id after those before it, [ids.length].
   * @throws TokenOutOfRangeError when an id is not in the vocabulary
   */
  score(ids: ArrayLike<number>, state: number = this.initialState()): Float64Array {
    requireTokens(tokenSequence('ids', ids), this.vocabularySize);
    const { trie, logProbability, backoff } = this.tables;
    const { suffix, contexts } = trie;
    const end = this.sentences?.end ?? -1;
    const initial = this.initialState();
    const scores = new Float64Array(ids.length);
    for (let i = 0; i < ids.length; i++) {
      const token = ids[i];
      let weight = 0;
      let node = trie.child(state, token);
      while (node < 0) {
        weight += backoff[state];
        state = suffix[state];
        node = trie.child(state, token);
      }
      scores[i] = (logProbability[node] + weight) * Math.LN10;
      if (token === end) state = initial;
      else state = node < contexts ? node : suffix[node];
    }
    return scores;
  }
}
