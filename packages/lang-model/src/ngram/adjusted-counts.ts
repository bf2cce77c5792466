import type { CorpusCounts } from './counts.js';

/**
 * The counts of Kneser-Ney smoothing, [nodes]: n-grams of the highest order keep theirs; a shorter one counts the
 * different tokens that come before it, since as a lower-order estimate it is asked only where the longer n-gram is
 * missing. N-grams that begin with `<s>` have nothing before them and keep their counts, as in KenLM.
 *
 * Where texts have no marks, an n-gram found only at the start of a text has nothing before it and counts 0.
 */
export function adjustedCounts({ trie, counts, sentences }: CorpusCounts): Int32Array {
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
