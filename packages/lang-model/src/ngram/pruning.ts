import { ArgumentError, list, whole } from '@throughtime/errors';
import type { CorpusCounts } from './counts.js';
import { NgramTrie } from './trie.js';

/**
 * Counts at or below which n-grams are dropped, for orders 1, 2, ...; the last one holds for all orders above, as in
 * KenLM's `--prune`. `[0, 0, 1]` drops trigrams and longer that occur once. The first must be 0 (a vocabulary is cut by
 * frequency before counting), and none may be below the one before: a longer n-gram would outlive its context.
 */
export type PruneThresholds = readonly number[];

/** That they do not fall is asked by {@link requirePruneThresholds}. */
export const pruneThresholds = list(whole({ from: 0 }));

/** @throws ArgumentError unless the thresholds are whole numbers, 0 first and never falling */
export function requirePruneThresholds(thresholds: PruneThresholds): void {
  thresholds.forEach((threshold, i) => {
    const least = i === 0 ? 0 : thresholds[i - 1];
    whole({ from: least })(`prune[${i}]`, threshold);
    if (i === 0 && threshold !== 0)
      throw new ArgumentError('prune[0]', '0: cut the vocabulary by frequency instead', threshold);
  });
}

/** 1 for every node that stays, 0 for those whose count is at or below their order's threshold, [nodes]. */
export function keptNodes({ trie, counts }: CorpusCounts, thresholds: PruneThresholds = []): Uint8Array {
  requirePruneThresholds(thresholds);
  const kept = new Uint8Array(trie.size).fill(1);
  for (let order = 2; order <= trie.order; order++) {
    const threshold = thresholds[Math.min(order, thresholds.length) - 1] ?? 0;
    if (threshold === 0) continue;
    for (let node = trie.levelStart[order]; node < trie.levelStart[order + 1]; node++)
      kept[node] = counts[node] > threshold ? 1 : 0;
  }
  return kept;
}

/** A trie with some of its nodes, and where they were. */
export interface Compacted {
  readonly trie: NgramTrie;
  /** For each node of the new trie its number in the old one, [nodes]. */
  readonly origin: Int32Array;
}

/** The trie of the kept nodes alone. Whatever is kept must have its prefix and its suffix kept. */
export function compact(trie: NgramTrie, kept: Uint8Array): Compacted {
  const size = kept.reduce((sum, keep) => sum + keep, 0);
  if (size === trie.size) return { trie, origin: Int32Array.from({ length: size }, (_, node) => node) };
  const origin = new Int32Array(size);
  // How many kept nodes lie before each old one: the new number of a kept one.
  const before = new Int32Array(trie.size + 1);
  for (let node = 0; node < trie.size; node++) {
    before[node + 1] = before[node] + kept[node];
    if (kept[node] === 1) origin[before[node]] = node;
  }
  const levelStart = trie.levelStart.map((node) => before[node]);
  const contexts = levelStart[trie.order];
  const childStart = new Int32Array(contexts + 1);
  for (let context = 0; context < contexts; context++)
    childStart[context] = before[trie.childStart[origin[context]]];
  childStart[contexts] = size;
  return {
    trie: new NgramTrie({
      levelStart,
      token: origin.map((node) => trie.token[node]),
      suffix: origin.map((node) => before[trie.suffix[node]]),
      childStart,
    }),
    origin,
  };
}

/** Counts without the n-grams that pruning drops; what is left is all that a model made of them has seen. */
export function prunedCounts(counts: CorpusCounts, thresholds: PruneThresholds): CorpusCounts {
  const { trie, origin } = compact(counts.trie, keptNodes(counts, thresholds));
  return { ...counts, trie, counts: origin.map((node) => counts.counts[node]) };
}
