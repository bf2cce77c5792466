import { ArgumentError } from '@throughtime/errors';
import type { NgramVocabulary } from './corpus.js';
import { compact } from './pruning.js';
import type { NgramTrie } from './trie.js';

/** A back-off model's numbers, over its own trie. */
export interface BackoffTables {
  /** The n-grams, one node each; the arrays are by node. */
  readonly trie: NgramTrie;
  /** Base-10 logarithm of each n-gram's probability, [nodes]; -Infinity for the root and `<s>`. */
  readonly logProbability: Float32Array;
  /** Base-10 logarithm of each context's back-off weight, [nodes below the highest order]; 0 where nothing follows it. */
  readonly backoff: Float32Array;
}

/** What a smoothing method says of each n-gram by itself. */
export interface NgramShares {
  readonly vocabulary: NgramVocabulary;
  readonly trie: NgramTrie;
  /**
   * The part of its context's probability mass that an n-gram gets from its own count, [nodes]. Over the children of a context
   * they sum to at most 1; what is left goes to the lower order.
   */
  readonly share: Float64Array;
  /** 0 for n-grams that pruning drops: their shares go to the lower order too. [nodes] */
  readonly kept: Uint8Array;
  /** Whether single tokens are mixed with the uniform distribution; if not, the mass left goes to `<unk>` alone. */
  readonly interpolateUnigrams: boolean;
}

/**
 * Interpolation: every n-gram has its share and, besides, the mass that its context has left over times its lower-order
 * probability. An n-gram never seen has the latter only, so the left-over mass is the back-off weight.
 */
export function interpolated(shares: NgramShares): BackoffTables {
  const { trie, share } = shares;
  const { probability, weight } = withUnigrams(shares);
  for (let context = 1; context < trie.contexts; context++) {
    const left = leftOver(shares, context);
    weight[context] = left;
    for (let node = trie.childStart[context]; node < trie.childStart[context + 1]; node++)
      probability[node] = share[node] + left * probability[trie.suffix[node]];
  }
  return finished(shares, probability, weight);
}

/**
 * Back-off: an n-gram seen has its share and nothing else. The mass left over is divided among the tokens never seen in the
 * context, in proportion to their lower-order probabilities, and the back-off weight is scaled accordingly.
 */
export function backedOff(shares: NgramShares): BackoffTables {
  const { trie, share, kept } = shares;
  const { probability, weight } = withUnigrams(shares);
  for (let context = 1; context < trie.contexts; context++) {
    const [low, high] = [trie.childStart[context], trie.childStart[context + 1]];
    const left = leftOver(shares, context);
    let unseen = 1;
    for (let node = low; node < high; node++)
      if (kept[node] === 1 && share[node] > 0) unseen -= probability[trie.suffix[node]];
    // Where every token was seen there is nobody to give the rest to: the shares are scaled up to make 1.
    const complete = unseen < 1e-12;
    const scale = complete && left < 1 ? 1 / (1 - left) : 1;
    weight[context] = complete ? 0 : left / unseen;
    for (let node = low; node < high; node++)
      probability[node] =
        share[node] > 0 ? scale * share[node] : weight[context] * probability[trie.suffix[node]];
  }
  return finished(shares, probability, weight);
}

/** The mass that the kept n-grams of a context leave to the lower order. */
function leftOver({ trie, share, kept }: NgramShares, context: number): number {
  let sum = 0;
  for (let node = trie.childStart[context]; node < trie.childStart[context + 1]; node++)
    if (kept[node] === 1) sum += share[node];
  return Math.max(0, 1 - sum);
}

/** Fresh tables in which the single tokens have their probabilities. */
function withUnigrams(shares: NgramShares): { probability: Float64Array; weight: Float64Array } {
  const { trie, share, vocabulary, interpolateUnigrams } = shares;
  const { vocabularySize, sentences, unknown } = vocabulary;
  const probability = new Float64Array(trie.size);
  const left = leftOver(shares, 0);
  if (!interpolateUnigrams && unknown === undefined && left > 1e-12)
    throw new ArgumentError(
      'interpolateUnigrams',
      'true, since no unknown token can take the mass left',
      false,
    );
  const uniform = interpolateUnigrams ? left / (vocabularySize - (sentences === undefined ? 0 : 1)) : 0;
  for (let node = 1; node <= vocabularySize; node++) probability[node] = share[node] + uniform;
  if (!interpolateUnigrams && unknown !== undefined) probability[unknown + 1] += left;
  if (sentences !== undefined) probability[sentences.begin + 1] = 0;
  return { probability, weight: new Float64Array(trie.contexts).fill(1) };
}

function finished(
  { trie, kept }: NgramShares,
  probability: Float64Array,
  weight: Float64Array,
): BackoffTables {
  const { trie: small, origin } = compact(trie, kept);
  const logProbability = new Float32Array(small.size);
  for (let node = 0; node < small.size; node++)
    logProbability[node] = Math.min(0, Math.log10(probability[origin[node]]));
  const backoff = new Float32Array(small.contexts);
  for (let node = 0; node < small.contexts; node++) backoff[node] = Math.log10(weight[origin[node]]);
  return { trie: small, logProbability, backoff };
}
