import { check, ThroughtimeError } from '@throughtime/errors';
import type { NgramTrie } from './trie.js';

/** What modified Kneser-Ney smoothing takes off counts of 1, of 2, and of 3 or more. */
export type Discounts = readonly [one: number, two: number, threeOrMore: number];

/** KenLM's `--discount_fallback`. */
export const DEFAULT_FALLBACK: Discounts = [0.5, 1, 1.5];

/** One order's discounts could not be estimated, or are estimated from too little. */
export interface DiscountWarning {
  /** Of which n-grams. */
  readonly order: number;
  /** Why, in words. */
  readonly reason: string;
  /** The discounts taken instead; undefined where the estimate was taken though it is poor. */
  readonly fallback?: Discounts;
}

/** Discounts cannot be estimated for some order, and no fallback was allowed. */
export class DiscountError extends ThroughtimeError {
  override name = 'DiscountError';

  readonly order: number;

  constructor(order: number, reason: string) {
    super(`${reason}; allow discountFallback, or lower the order`);
    this.order = order;
  }
}

export interface EstimatedDiscounts {
  /** For orders 1, 2, ... */
  readonly discounts: readonly Discounts[];
  readonly warnings: readonly DiscountWarning[];
}

/**
 * The discounts of every order from its counts of counts (Chen and Goodman 1998, equation 26): with n_j n-grams of adjusted
 * count j and Y = n_1 / (n_1 + 2 n_2), D_j = j - (j + 1) Y n_(j+1) / n_j.
 *
 * The estimate supposes a long tail of rare n-grams. Characters have none at order 1, and small corpora none at high orders:
 * there a count of counts is 0 or a discount is negative, and the fallback is taken.
 *
 * @throws DiscountError where no fallback is given
 */
export function estimateDiscounts(
  trie: NgramTrie,
  adjusted: Int32Array,
  fallback: Discounts | undefined,
): EstimatedDiscounts {
  const discounts: Discounts[] = [];
  const warnings: DiscountWarning[] = [];
  for (let order = 1; order <= trie.order; order++) {
    const countsOfCounts = [0, 0, 0, 0, 0];
    for (let node = trie.levelStart[order]; node < trie.levelStart[order + 1]; node++)
      if (adjusted[node] < 5) countsOfCounts[adjusted[node]]++;
    const estimate = discountsFrom(countsOfCounts);
    if (typeof estimate !== 'string') {
      discounts.push(estimate);
      // KenLM says nothing, SRILM refuses the text.
      if (countsOfCounts[4] === 0)
        warnings.push({
          order,
          reason: `order ${order}: no n-gram has the adjusted count 4, so the discount for 3 and more is 3, and n-grams counted 3 times get nothing`,
        });
    } else {
      const reason = `order ${order}: ${estimate}`;
      if (fallback === undefined) throw new DiscountError(order, reason);
      discounts.push(fallback);
      warnings.push({ order, reason, fallback });
    }
  }
  return { discounts, warnings };
}

/** The three discounts, or why there are none. */
function discountsFrom(n: readonly number[]): Discounts | string {
  for (let j = 1; j <= 3; j++)
    if (n[j] === 0) return `no n-gram has the adjusted count ${j}, which the discounts are estimated from`;
  const y = n[1] / (n[1] + 2 * n[2]);
  const discount = (j: 1 | 2 | 3) => j - ((j + 1) * y * n[j + 1]) / n[j]; // equation 26
  const discounts: Discounts = [discount(1), discount(2), discount(3)];
  const wrong = discounts.findIndex((value, j) => value < 0 || value > j + 1);
  return wrong < 0
    ? discounts
    : `the discount for adjusted count ${wrong + 1} would be ${discounts[wrong].toFixed(6)}, outside 0 to ${wrong + 1}`;
}

/** The discount of an adjusted count. */
export function discountOf(discounts: Discounts, count: number): number {
  return count === 0 ? 0 : discounts[Math.min(count, 3) - 1];
}

/** Each discount lies between 0 and the count it is taken off. */
export const discountTriple = check<Discounts>(
  'three numbers, from 0 to 1, to 2 and to 3',
  (value) =>
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((discount, i) => typeof discount === 'number' && discount >= 0 && discount <= i + 1),
);
