import { ArgumentError, boolean, check, checkOptions, either, list } from '@throughtime/errors';
import { BackoffNgramModel } from './backoff-model.js';
import { backedOff, interpolated } from './backoff-tables.js';
import type { CorpusCounts } from './counts.js';
import {
  DEFAULT_FALLBACK,
  type Discounts,
  type DiscountWarning,
  discountOf,
  discountTriple,
  estimateDiscounts,
} from './discounts.js';
import { keptNodes, type PruneThresholds, pruneThresholds } from './pruning.js';

/** What is interpolated, discounted and pruned. */
export interface KneserNeyOptions {
  /**
   * Whether an n-gram that was seen is mixed with its lower-order estimate too. Default true: interpolated models predict
   * better on nearly every text (Chen and Goodman 1998), and KenLM makes no others. Single tokens are mixed with the uniform
   * distribution either way; see `interpolateUnigrams`.
   */
  readonly interpolate?: boolean;
  /**
   * Whether single tokens are mixed with the uniform distribution, so that `<unk>` gets what any token never seen gets.
   * Default true, as KenLM's `--interpolate_unigrams`; false gives `<unk>` all of the mass left over, as SRILM does.
   */
  readonly interpolateUnigrams?: boolean;
  /** Discounts for orders 1, 2, ..., in place of estimated ones. */
  readonly discounts?: readonly Discounts[];
  /** What to take where discounts cannot be estimated. Default [0.5, 1, 1.5], KenLM's; false to throw instead. */
  readonly discountFallback?: Discounts | false;
  /** Which n-grams to drop after estimation, by count. Default: none. */
  readonly prune?: PruneThresholds;
}

/** A model, and what was estimated for it. */
export interface KneserNeyEstimate {
  /** The model: interpolated modified Kneser-Ney, as KenLM's lmplz estimates it. */
  readonly model: BackoffNgramModel;
  /** The discounts used, for orders 1, 2, ... */
  readonly discounts: readonly Discounts[];
  /** The orders whose discounts are the fallback's, and why. Usual for characters at order 1 and small texts at high orders. */
  readonly warnings: readonly DiscountWarning[];
}

/**
 * Modified Kneser-Ney smoothing (Chen and Goodman 1998), as KenLM's `lmplz` does it (Heafield et al. 2013): for a context h
 * and c the adjusted counts,
 *
 *     p(w | h) = (c(h w) - D(c(h w))) / c(h *) + gamma(h) p(w | h'),   gamma(h) = the mass that the discounts set free
 *
 * where h' is h without its first token, and below single tokens stands the uniform distribution over the vocabulary.
 * With `interpolate: false` the first term stands alone for n-grams seen, and gamma is scaled for those unseen.
 *
 * @throws DiscountError when discounts cannot be estimated and `discountFallback` is false
 * @throws ArgumentError naming the option
 */
export function kneserNey(counts: CorpusCounts, options: KneserNeyOptions = {}): KneserNeyEstimate {
  checkOptions<KneserNeyOptions>(options, {
    interpolate: boolean,
    interpolateUnigrams: boolean,
    discounts: list(discountTriple),
    discountFallback: either(
      discountTriple,
      check('false', (value) => value === false),
    ),
    prune: pruneThresholds,
  });
  const {
    interpolate = true,
    interpolateUnigrams = true,
    prune,
    discountFallback = DEFAULT_FALLBACK,
  } = options;
  const { trie } = counts;
  if (options.discounts !== undefined && options.discounts.length !== trie.order)
    throw new ArgumentError(
      'discounts',
      `${trie.order} triples, one for each order`,
      options.discounts.length,
    );
  const adjusted = adjustedCounts(counts);
  const { discounts, warnings } =
    options.discounts === undefined
      ? estimateDiscounts(trie, adjusted, discountFallback === false ? undefined : discountFallback)
      : { discounts: options.discounts, warnings: [] };

  const share = new Float64Array(trie.size);
  for (let order = 1; order <= trie.order; order++) {
    for (let context = trie.levelStart[order - 1]; context < trie.levelStart[order]; context++) {
      const [low, high] = [trie.childStart[context], trie.childStart[context + 1]];
      let total = 0;
      for (let node = low; node < high; node++) total += adjusted[node];
      if (total === 0) continue;
      for (let node = low; node < high; node++)
        share[node] = (adjusted[node] - discountOf(discounts[order - 1], adjusted[node])) / total;
    }
  }
  const estimate = interpolate ? interpolated : backedOff;
  const kept = keptNodes(counts, prune);
  const tables = estimate({ vocabulary: counts, trie, share, kept, interpolateUnigrams });
  return { model: new BackoffNgramModel(tables, counts), discounts, warnings };
}

/**
 * The counts of Kneser-Ney smoothing, [nodes]: n-grams of the highest order keep theirs. A shorter one counts the
 * different tokens that come before it, since as a lower-order estimate it is asked only where the longer n-gram is
 * missing. N-grams that begin with `<s>` have nothing before them and keep their counts, as in KenLM.
 *
 * Where texts have no marks, an n-gram found only at the start of a text has nothing before it and counts 0.
 */
function adjustedCounts({ trie, counts, sentences }: CorpusCounts): Int32Array {
  const { order, levelStart, suffix } = trie;
  const adjusted = new Int32Array(trie.size);
  for (let node = levelStart[2]; node < trie.size; node++) adjusted[suffix[node]]++;
  adjusted.set(counts.subarray(levelStart[order]), levelStart[order]);
  if (sentences !== undefined) {
    for (let k = 2; k < order; k++) {
      const [low, high] = trie.startingWith(sentences.begin, k);
      adjusted.set(counts.subarray(low, high), low);
    }
  }
  return adjusted;
}
