import { ArgumentError, checkOptions, list, number, type OptionChecks, positive } from '@throughtime/errors';
import { CountNgramModel } from './count-model.js';
import type { CorpusCounts } from './counts.js';
import { type PruneThresholds, prunedCounts, pruneThresholds } from './pruning.js';

/** What every model of counts takes. */
export interface CountModelOptions {
  /** Which n-grams to forget, by count: the model is that of the others. Default: none. */
  readonly prune?: PruneThresholds;
}

const countModelChecks: OptionChecks<CountModelOptions> = { prune: pruneThresholds };

/**
 * Relative frequencies: p(w | h) = n(h w) / n(h *). A token that never followed a context has the probability 0 there. After a
 * context never seen, where this is 0 / 0, the longest end of it that was seen is the context.
 * @throws ArgumentError naming the option
 */
export function maximumLikelihood(counts: CorpusCounts, options: CountModelOptions = {}): CountNgramModel {
  checkOptions<CountModelOptions>(options, countModelChecks);
  const { prune = [] } = options;
  return new CountNgramModel(prunedCounts(counts, prune), { kind: 'maximum-likelihood' });
}

/** What {@link addK} adds. */
export interface AddKOptions extends CountModelOptions {
  /** Added to every count, above 0. Default 1, add-one smoothing; Lidstone's rule takes less, and less is better. */
  readonly k?: number;
}

/**
 * Add-k (Lidstone) smoothing: p(w | h) = (n(h w) + k) / (n(h *) + k V), where V leaves `<s>` out.
 * @throws ArgumentError naming the option
 */
export function addK(counts: CorpusCounts, options: AddKOptions = {}): CountNgramModel {
  checkOptions<AddKOptions>(options, { ...countModelChecks, k: positive });
  const { k = 1, prune = [] } = options;
  return new CountNgramModel(prunedCounts(counts, prune), { kind: 'add-k', k });
}

/** How strongly {@link laplace} mixes in lower orders, as the chapter does. */
export interface LaplaceOptions extends CountModelOptions {
  /**
   * How strongly each order leans on the prior: the chapter's epsilon_1, epsilon_2, ..., one for each order, finite and at
   * least 0 (the first above 0, or tokens never seen stay impossible). Default 1 for each: as much as one more token seen.
   */
  readonly epsilons?: readonly number[];
}

/**
 * Laplace smoothing in the form of "Dive into Deep Learning", where longer contexts lean on the single tokens, not on the
 * next shorter context:
 *
 *     p(x)           = (n(x)           + e1 / m)       / (n + e1)          m tokens in the vocabulary, `<s>` left out
 *     p(x' | x)      = (n(x, x')       + e2 p(x'))     / (n(x) + e2)
 *     p(x'' | x, x') = (n(x, x', x'')  + e3 p(x''))    / (n(x, x') + e3)   and so on for longer contexts
 *
 * n(x) counts x where a token follows, so that each distribution sums to 1 (the last token of a text has no follower).
 *
 * @throws ArgumentError naming the option, also when the epsilons are not one for each order
 */
export function laplace(counts: CorpusCounts, options: LaplaceOptions = {}): CountNgramModel {
  checkOptions<LaplaceOptions>(options, { ...countModelChecks, epsilons: list(number({ from: 0 })) });
  const { epsilons, prune = [] } = options;
  const chosen = epsilons ?? new Array<number>(counts.order).fill(1);
  if (chosen.length !== counts.order)
    throw new ArgumentError('epsilons', `${counts.order} numbers, one for each order`, chosen.length);
  return new CountNgramModel(prunedCounts(counts, prune), { kind: 'laplace', epsilons: [...chosen] });
}
