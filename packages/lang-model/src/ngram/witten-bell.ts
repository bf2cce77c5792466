import { boolean, checkOptions } from '@throughtime/errors';
import { BackoffNgramModel } from './backoff-model.js';
import { interpolated } from './backoff-tables.js';
import type { CorpusCounts } from './counts.js';
import { keptNodes, type PruneThresholds, pruneThresholds } from './pruning.js';

/** How {@link wittenBell} estimates. */
export interface WittenBellOptions {
  /**
   * Whether single tokens are mixed with the uniform distribution. Default true, so that every token of the vocabulary has a
   * probability; false leaves their relative frequencies, as nltk does.
   */
  readonly interpolateUnigrams?: boolean;
  /** Which n-grams to drop after estimation, by count. Default: none. */
  readonly prune?: PruneThresholds;
}

/**
 * Witten-Bell smoothing (1991), interpolated: with C(h) tokens after the context h, T(h) of them different,
 *
 *     p(w | h) = (n(h w) + T(h) p(w | h')) / (C(h) + T(h))
 *
 * The chance of something new is estimated by how often something new came. It needs no counts of counts, so it works on
 * texts and alphabets of any size.
 *
 * @throws ArgumentError naming the option
 */
export function wittenBell(counts: CorpusCounts, options: WittenBellOptions = {}): BackoffNgramModel {
  checkOptions<WittenBellOptions>(options, { interpolateUnigrams: boolean, prune: pruneThresholds });
  const { interpolateUnigrams = true, prune } = options;
  const { trie } = counts;
  const share = new Float64Array(trie.size);
  for (let context = 0; context < trie.contexts; context++) {
    const [low, high] = [trie.childStart[context], trie.childStart[context + 1]];
    let total = 0;
    let different = 0;
    for (let node = low; node < high; node++) {
      total += counts.counts[node];
      if (counts.counts[node] > 0) different++;
    }
    const free = context === 0 && !interpolateUnigrams ? 0 : different;
    for (let node = low; node < high && total > 0; node++) share[node] = counts.counts[node] / (total + free);
  }
  const kept = keptNodes(counts, prune);
  return new BackoffNgramModel(
    interpolated({ vocabulary: counts, trie, share, kept, interpolateUnigrams }),
    counts,
  );
}
