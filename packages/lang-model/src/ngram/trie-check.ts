import type { NgramTrieArrays } from './trie.js';

/**
 * What is wrong with the arrays of a trie that came from a file, undefined when nothing is: sizes agree, levels and children
 * lie side by side, siblings are sorted, and each suffix lies one level below, so that every walk ends.
 */
export function trieFault({ levelStart, token, childStart, suffix }: NgramTrieArrays): string | undefined {
  const order = levelStart.length - 2;
  if (order < 1 || levelStart[0] !== 0 || levelStart[1] !== 1) return 'level_start: expected 0, 1, ...';
  for (let k = 1; k <= order; k++)
    if (levelStart[k + 1] < levelStart[k]) return 'level_start: expected no fall';
  const size = levelStart[order + 1];
  const contexts = levelStart[order];
  if (token.length !== size) return `token: expected ${size} values, got ${token.length}`;
  if (suffix.length !== size) return `suffix: expected ${size} values, got ${suffix.length}`;
  if (childStart.length !== contexts + 1)
    return `child_start: expected ${contexts + 1} values, got ${childStart.length}`;
  const vocabularySize = levelStart[2] - 1;
  if (vocabularySize < 1 || childStart[0] !== 1 || childStart[contexts] !== size)
    return `child_start: expected 1 to ${size}`;

  for (let k = 1; k <= order; k++) {
    if (childStart[levelStart[k - 1]] !== levelStart[k])
      return `child_start: expected order ${k} to start its level`;
    for (let context = levelStart[k - 1]; context < levelStart[k]; context++) {
      let previous = -1;
      if (childStart[context + 1] < childStart[context]) return 'child_start: expected no fall';
      for (let node = childStart[context]; node < childStart[context + 1]; node++) {
        if (token[node] <= previous || token[node] >= vocabularySize)
          return `token: expected rising ids below ${vocabularySize} among siblings, got ${token[node]}`;
        previous = token[node];
        if (suffix[node] < levelStart[k - 1] || suffix[node] >= levelStart[k])
          return `suffix: expected a node of order ${k - 1}, got ${suffix[node]}`;
      }
    }
  }
  return undefined;
}
