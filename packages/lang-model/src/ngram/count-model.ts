import { isToken, requireTokens, tokenSequence } from '../checks.js';
import { TokenOutOfRangeError } from '../errors.js';
import { requireVocabulary, type SentenceMarks } from './corpus.js';
import type { CorpusCounts } from './counts.js';
import type { NgramModel } from './ngram-model.js';
import type { NgramTrie } from './trie.js';

/** How a {@link CountNgramModel} turns counts into probabilities; fit for JSON. */
export type CountSmoothing =
  | { readonly kind: 'maximum-likelihood' }
  | {
      readonly kind: 'add-k';
      /** What is added to every count. */
      readonly k: number;
    }
  | {
      readonly kind: 'laplace';
      /** By order: the strength with which the order below is mixed in. */
      readonly epsilons: readonly number[];
    };

/** What one context says: p(w) = (n(w) + strength * prior(w)) / (total + strength). */
interface Estimate {
  /** The node whose children are counted, -1 when the context was never seen. */
  readonly context: number;
  readonly total: number;
  readonly strength: number;
  readonly uniform: boolean;
}

/**
 * An n-gram model that keeps counts and makes probabilities of them when asked: for smoothing methods that no back-off weights
 * express. Made by {@link maximumLikelihood}, {@link addK} and {@link laplace}.
 *
 * A state is the node of the longest context seen, and how many tokens the context should have had: where they differ, the
 * full context was never seen. With sentence marks the initial state has seen `<s>`, and `</s>` leads back to it.
 */
export class CountNgramModel implements NgramModel {
  readonly vocabularySize: number;
  readonly sentences: SentenceMarks | undefined;
  /** The id of `<unk>`; undefined when the vocabulary is closed. */
  readonly unknown: number | undefined;
  readonly smoothing: CountSmoothing;
  readonly counts: CorpusCounts;
  /** How many tokens each context was followed by, [nodes below the highest order]. */
  readonly #totals: Float64Array;
  /** Smoothed probabilities of single tokens, [V]. */
  readonly #unigrams: Float64Array;
  readonly #uniform: number;
  readonly #row: Float64Array;

  constructor(counts: CorpusCounts, smoothing: CountSmoothing) {
    requireVocabulary(counts);
    const { trie, vocabularySize, sentences, unknown } = counts;
    this.counts = counts;
    this.smoothing = smoothing;
    this.vocabularySize = vocabularySize;
    this.sentences = sentences;
    this.unknown = unknown;
    this.#row = new Float64Array(vocabularySize);
    this.#uniform = 1 / (vocabularySize - (sentences === undefined ? 0 : 1));
    this.#totals = new Float64Array(trie.contexts);
    for (let context = 0; context < trie.contexts; context++)
      for (let node = trie.childStart[context]; node < trie.childStart[context + 1]; node++)
        this.#totals[context] += counts.counts[node];
    const strength = smoothing.kind === 'laplace' ? smoothing.epsilons[0] : 0;
    this.#unigrams = Float64Array.from(
      counts.counts.subarray(1, vocabularySize + 1),
      (count) => (count + strength * this.#uniform) / (this.#totals[0] + strength),
    );
    if (sentences !== undefined) this.#unigrams[sentences.begin] = 0;
  }

  /** The length of the longest n-grams. */
  get order(): number {
    return this.counts.order;
  }

  /** The n-grams counted. */
  get trie(): NgramTrie {
    return this.counts.trie;
  }

  initialState(): number {
    return this.sentences === undefined ? 0 : this.#advance(0, this.sentences.begin);
  }

  /** @throws TokenOutOfRangeError when the token is not in the vocabulary */
  advance(state: number, token: number): number {
    if (!isToken(token, this.vocabularySize)) throw new TokenOutOfRangeError(token, 0, this.vocabularySize);
    return token === this.sentences?.end ? this.initialState() : this.#advance(state, token);
  }

  /** Natural logarithms, [V]; -Infinity for `<s>` and for what has no probability. Overwritten by the next call. */
  logProbabilities(state: number): Float64Array {
    const { trie, counts } = this.counts;
    const row = this.#row;
    const { context, total, strength, uniform } = this.#estimate(state);
    for (let token = 0; token < row.length; token++)
      row[token] = strength === 0 ? 0 : strength * (uniform ? this.#uniform : this.#unigrams[token]);
    if (context >= 0)
      for (let node = trie.childStart[context]; node < trie.childStart[context + 1]; node++)
        row[trie.token[node]] += counts[node];
    if (this.sentences !== undefined) row[this.sentences.begin] = 0;
    for (let token = 0; token < row.length; token++) row[token] = Math.log(row[token] / (total + strength));
    return row;
  }

  /**
   * The natural log-probability of each id after those before it, [ids.length].
   * @throws TokenOutOfRangeError when an id is not in the vocabulary
   */
  score(ids: ArrayLike<number>, state: number = this.initialState()): Float64Array {
    requireTokens(tokenSequence('ids', ids), this.vocabularySize);
    const { trie, counts } = this.counts;
    const scores = new Float64Array(ids.length);
    for (let i = 0; i < ids.length; i++) {
      const token = ids[i];
      const { context, total, strength, uniform } = this.#estimate(state);
      const node = context < 0 ? -1 : trie.child(context, token);
      const prior = strength === 0 ? 0 : strength * (uniform ? this.#uniform : this.#unigrams[token]);
      const possible = token !== this.sentences?.begin;
      scores[i] = possible
        ? Math.log(((node < 0 ? 0 : counts[node]) + prior) / (total + strength))
        : -Infinity;
      state = this.advance(state, token);
    }
    return scores;
  }

  #advance(state: number, token: number): number {
    const { order, trie } = this.counts;
    const node = trie.advance(Math.floor(state / order), token);
    return node * order + Math.min((state % order) + 1, order - 1);
  }

  #estimate(state: number): Estimate {
    const { trie, order } = this.counts;
    const wanted = state % order;
    let context = Math.floor(state / order);
    const seen = trie.depthOf(context) === wanted && this.#totals[context] > 0;
    const { smoothing } = this;
    switch (smoothing.kind) {
      case 'maximum-likelihood':
        while (this.#totals[context] === 0) context = trie.suffix[context];
        return { context, total: this.#totals[context], strength: 0, uniform: true };
      case 'add-k': {
        const strength = smoothing.k / this.#uniform;
        return {
          context: seen ? context : -1,
          total: seen ? this.#totals[context] : 0,
          strength,
          uniform: true,
        };
      }
      case 'laplace': {
        // However weak, the unigrams are all there is after a context never seen.
        if (!seen) return { context: -1, total: 0, strength: 1, uniform: false };
        const strength = smoothing.epsilons[wanted];
        return { context, total: this.#totals[context], strength, uniform: wanted === 0 };
      }
    }
  }
}
