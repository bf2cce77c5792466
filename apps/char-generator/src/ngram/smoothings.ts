import {
  addK,
  type BackoffNgramModel,
  type CorpusCounts,
  type CountNgramModel,
  type Discounts,
  type DiscountWarning,
  kneserNey,
  laplace,
  maximumLikelihood,
  type PruneThresholds,
  wittenBell,
} from '@throughtime/lang-model';
import type { Smoothing } from './smoothing-names.js';

export interface SmoothingSettings {
  readonly smoothing: Smoothing;
  readonly prune: PruneThresholds;
  /** For add-k. */
  readonly k?: number;
  /** For laplace: the chapter's epsilon, the same for every order. */
  readonly epsilon?: number;
}

export interface SmoothedModel {
  readonly model: BackoffNgramModel | CountNgramModel;
  /** Of Kneser-Ney smoothing. */
  readonly discounts?: readonly Discounts[];
  readonly warnings: readonly DiscountWarning[];
}

/** The model that a smoothing method makes of counts. */
export function smoothed(counts: CorpusCounts, settings: SmoothingSettings): SmoothedModel {
  const { smoothing, prune, k = 1, epsilon = 1 } = settings;
  switch (smoothing) {
    case 'kneser-ney':
    case 'kneser-ney-backoff':
      return kneserNey(counts, { interpolate: smoothing === 'kneser-ney', prune });
    case 'witten-bell':
      return { model: wittenBell(counts, { prune }), warnings: [] };
    case 'laplace': {
      const epsilons = new Array<number>(counts.order).fill(epsilon);
      return { model: laplace(counts, { epsilons, prune }), warnings: [] };
    }
    case 'add-k':
      return { model: addK(counts, { k, prune }), warnings: [] };
    case 'maximum-likelihood':
      return { model: maximumLikelihood(counts, { prune }), warnings: [] };
  }
}
