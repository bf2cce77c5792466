import type { TokenCounts } from './token-counts.js';
import { Vocabulary, type VocabularyOptions } from './vocabulary.js';

/**
 * How large the vocabulary would be at each minimum frequency, unknown and reserved tokens included: the table to choose a
 * cut-off from.
 * @throws InvalidArgumentError when an option is out of range
 */
export function vocabularySizes(
  counts: TokenCounts,
  minFrequencies: readonly number[],
  options: Omit<VocabularyOptions, 'minFrequency'> = {},
): number[] {
  return minFrequencies.map(
    (minFrequency) => Vocabulary.fromCounts(counts, { ...options, minFrequency }).size,
  );
}
