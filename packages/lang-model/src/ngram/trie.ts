import { isToken } from '../checks.js';

/** The arrays of an {@link NgramTrie}. */
export interface NgramTrieArrays {
  /** Nodes of order k are levelStart[k] .. levelStart[k + 1] - 1, [order + 2]; the root is node 0, alone on level 0. */
  readonly levelStart: Int32Array;
  /** The last token of each node's n-gram, [nodes]; -1 for the root. */
  readonly token: Int32Array;
  /** The children of node c are childStart[c] .. childStart[c + 1] - 1, [nodes below the highest order + 1]. */
  readonly childStart: Int32Array;
  /** The node of the n-gram without its first token, [nodes]. */
  readonly suffix: Int32Array;
}

/**
 * The n-grams of a model as a trie in four typed arrays: 12 bytes per n-gram (8 at the highest order), no objects.
 *
 * A node is an n-gram, its parent the n-gram without the last token (the context), its children are sorted by token. Nodes
 * are numbered level by level, within a level in the order of their parents. So the children of neighboring nodes lie side
 * by side, and one array of starts says where. Every token of the vocabulary has a node on level 1: node 1 + id.
 *
 * Suffix links make an automaton of it: from "a b" with the token "c" one falls back to "b c" without a search, and each
 * n-gram's lower-order estimate is one look away. For that every n-gram's prefix and suffix must be in the trie too.
 */
export class NgramTrie implements NgramTrieArrays {
  readonly levelStart: Int32Array;
  readonly token: Int32Array;
  readonly childStart: Int32Array;
  readonly suffix: Int32Array;
  /** The length of the longest n-grams. */
  readonly order: number;
  /** How many nodes may have children: all below the highest order. */
  readonly contexts: number;

  constructor({ levelStart, token, childStart, suffix }: NgramTrieArrays) {
    this.levelStart = levelStart;
    this.token = token;
    this.childStart = childStart;
    this.suffix = suffix;
    // Fields, not getters: scoring reads them for every token.
    this.order = levelStart.length - 2;
    this.contexts = levelStart[this.order];
  }

  /** V: every token 0 .. V - 1 has a unigram node. */
  get vocabularySize(): number {
    return this.levelStart[2] - 1;
  }

  /** How many nodes there are, the root included. */
  get size(): number {
    return this.levelStart[this.order + 1];
  }

  /** The number of n-grams of `order`. */
  countOf(order: number): number {
    return this.levelStart[order + 1] - this.levelStart[order];
  }

  /** The length of a node's n-gram. */
  depthOf(node: number): number {
    let depth = 0;
    while (node >= this.levelStart[depth + 1]) depth++;
    return depth;
  }

  /** The node of `context`'s n-gram followed by `token`, -1 when there is none. */
  child(context: number, token: number): number {
    if (context === 0) return token + 1;
    if (context >= this.contexts) return -1;
    const tokens = this.token;
    let low = this.childStart[context];
    let high = this.childStart[context + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (tokens[middle] < token) low = middle + 1;
      else high = middle;
    }
    return low < this.childStart[context + 1] && tokens[low] === token ? low : -1;
  }

  /** The node of the n-gram ngram[from] .. ngram[to - 1] (by default all of it), -1 when it is not in the trie. */
  find(ngram: ArrayLike<number>, from = 0, to = ngram.length): number {
    let node = 0;
    for (let i = from; i < to && node >= 0; i++) {
      node = isToken(ngram[i], this.vocabularySize) ? this.child(node, ngram[i]) : -1;
    }
    return node;
  }

  /** The longest context in the trie that ends what `context` and then `token` say, at most order - 1 tokens of it. */
  advance(context: number, token: number): number {
    let node = this.child(context, token);
    while (node < 0) {
      context = this.suffix[context];
      node = this.child(context, token);
    }
    return node < this.contexts ? node : this.suffix[node];
  }

  /** The parent of every node, [nodes]; -1 for the root. Computed: 4 bytes per node. */
  parents(): Int32Array {
    const parents = new Int32Array(this.size).fill(-1);
    for (let context = 0; context < this.contexts; context++)
      parents.fill(context, this.childStart[context], this.childStart[context + 1]);
    return parents;
  }

  /** The nodes of `order` whose n-grams begin with `token`: a range [low, high), since siblings stay together. */
  startingWith(token: number, order: number): readonly [low: number, high: number] {
    let low = token + 1;
    let high = low + 1;
    for (let level = 1; level < order; level++) {
      low = this.childStart[low];
      high = this.childStart[high];
    }
    return [low, high];
  }
}

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
      const end = childStart[context + 1];
      if (end < childStart[context]) return 'child_start: expected no fall';
      // Before the loop, which would otherwise run past the arrays, where no comparison fails.
      if (end > size) return `child_start: expected at most ${size}, got ${end}`;
      for (let node = childStart[context]; node < end; node++) {
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
