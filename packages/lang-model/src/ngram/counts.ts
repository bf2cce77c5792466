import { checkOptions, required, whole } from '@throughtime/errors';
import {
  markedText,
  type NgramCorpus,
  type NgramVocabulary,
  requireVocabulary,
  vocabularyChecks,
} from './corpus.js';
import { NgramTrie } from './trie.js';

/** Each order costs memory for every position of the text again, and gains little from about 6 on: more is a mistake. */
export const HIGHEST_ORDER = 16;

/** Which n-grams are counted. */
export interface CorpusCountOptions extends NgramVocabulary {
  /** The length of the longest n-grams, 1 to 16: a model of order n sees n - 1 tokens of context. */
  readonly order: number;
}

/** How often every n-gram of a corpus occurs: what all smoothing methods start from. */
export interface CorpusCounts extends NgramVocabulary {
  /** The longest n-grams that were counted. */
  readonly order: number;
  /** Every n-gram of the corpus up to `order`, and every token of the vocabulary. */
  readonly trie: NgramTrie;
  /**
   * How often each node's n-gram occurs, [nodes]; the root's is the number of predicted tokens. `<s>`, which is never
   * predicted, counts 0 by itself; n-grams that begin with it are counted as any.
   */
  readonly counts: Int32Array;
}

/**
 * Counts all n-grams of a corpus up to an order.
 *
 * No n-gram is ever an object or a key in a map. Order by order, the positions of the text are distributed by (n-gram that
 * ends before them, token). That is one counting sort per level: the n-gram's number is known from the level before,
 * and the order by token is computed once. Time is O(order * length), memory about 24 bytes per token and 16 per n-gram.
 *
 * @param corpus a running text or texts one by one; with `sentences`, a running text is cut after every `</s>` in it, and
 *   texts are taken for sentences without their marks
 * @throws ArgumentError naming the option
 * @throws TokenOutOfRangeError when an id is not in the vocabulary
 * @throws EmptySequenceError when there is no token
 */
export function countCorpus(corpus: NgramCorpus, options: CorpusCountOptions): CorpusCounts {
  checkOptions<CorpusCountOptions>(options, {
    ...vocabularyChecks,
    order: required(whole({ from: 1, to: HIGHEST_ORDER })),
  });
  const { order, vocabularySize, sentences, unknown } = options;
  requireVocabulary(options);
  const { text, predicted } = markedText(corpus, options);

  const levels = [unigrams(text, vocabularySize, sentences?.begin)];
  const sorted = sortedByToken(text, vocabularySize, sentences?.begin);
  let nodeAt = text;
  for (let k = 2; k <= order; k++) {
    const level = extend(levels[k - 2], nodeAt, text, sorted, k < order);
    levels.push(level);
    nodeAt = level.nodeAt;
  }
  return { ...assemble(levels, predicted), order, vocabularySize, sentences, unknown };
}

/** The n-grams of one order, numbered from 0 within it. */
interface Level {
  readonly tokens: Int32Array;
  readonly counts: Int32Array;
  /** Each n-gram without its first token: its number in the order below. */
  readonly suffixes: Int32Array;
  /** Where the children of each n-gram of the order below start. */
  readonly childStart: Int32Array;
  /** The number of the n-gram that ends at each position of the text, -1 for none. Empty at the highest order. */
  readonly nodeAt: Int32Array;
}

function unigrams(text: Int32Array, vocabularySize: number, begin = -1): Level {
  const counts = new Int32Array(vocabularySize);
  for (let i = 0; i < text.length; i++) if (text[i] >= 0) counts[text[i]]++;
  if (begin >= 0) counts[begin] = 0;
  return {
    tokens: Int32Array.from(counts, (_, token) => token),
    counts,
    suffixes: new Int32Array(vocabularySize),
    childStart: Int32Array.of(0, vocabularySize),
    nodeAt: text,
  };
}

/** The positions that can end an n-gram (not a mark, not the first), in the order of their tokens. */
function sortedByToken(text: Int32Array, vocabularySize: number, begin = -1): Int32Array {
  const starts = new Int32Array(vocabularySize + 1);
  for (let i = 1; i < text.length; i++) if (text[i] >= 0 && text[i] !== begin) starts[text[i] + 1]++;
  for (let token = 0; token < vocabularySize; token++) starts[token + 1] += starts[token];
  const sorted = new Int32Array(starts[vocabularySize]);
  for (let i = 1; i < text.length; i++) if (text[i] >= 0 && text[i] !== begin) sorted[starts[text[i]]++] = i;
  return sorted;
}

/**
 * The level above `below`: the positions of `sorted`, which are in the order of their tokens, are dealt out to the
 * n-grams that end before them, so each n-gram's followers arrive sorted. Then equal neighbors are counted.
 */
function extend(
  below: Level,
  nodeBefore: Int32Array,
  text: Int32Array,
  sorted: Int32Array,
  keepNodes: boolean,
): Level {
  const contexts = below.tokens.length;
  const ends = new Int32Array(contexts + 1);
  for (let i = 0; i < sorted.length; i++) {
    const context = nodeBefore[sorted[i] - 1];
    if (context >= 0) ends[context + 1]++;
  }
  for (let context = 0; context < contexts; context++) ends[context + 1] += ends[context];
  const total = ends[contexts];
  // Used up as cursors, ends[c] moves from the start of c's positions to their end.
  const positions = new Int32Array(total);
  for (let i = 0; i < sorted.length; i++) {
    const context = nodeBefore[sorted[i] - 1];
    if (context >= 0) positions[ends[context]++] = sorted[i];
  }

  const tokens = new Int32Array(total);
  const counts = new Int32Array(total);
  const suffixes = new Int32Array(total);
  const childStart = new Int32Array(contexts + 1);
  const nodeAt = keepNodes ? new Int32Array(text.length).fill(-1) : new Int32Array(0);
  let node = -1;
  let at = 0;
  for (let context = 0; context < contexts; context++) {
    childStart[context] = node + 1;
    let previous = -1;
    for (; at < ends[context]; at++) {
      const position = positions[at];
      const token = text[position];
      if (token !== previous) {
        node++;
        tokens[node] = token;
        suffixes[node] = nodeBefore[position];
        previous = token;
      }
      counts[node]++;
      if (keepNodes) nodeAt[position] = node;
    }
  }
  const size = node + 1;
  childStart[contexts] = size;
  return {
    tokens: tokens.slice(0, size),
    counts: counts.slice(0, size),
    suffixes: suffixes.slice(0, size),
    childStart,
    nodeAt,
  };
}

/** One numbering for all levels, behind the root. */
function assemble(levels: readonly Level[], predicted: number): { trie: NgramTrie; counts: Int32Array } {
  const order = levels.length;
  const levelStart = new Int32Array(order + 2);
  levelStart[1] = 1;
  for (let k = 1; k <= order; k++) levelStart[k + 1] = levelStart[k] + levels[k - 1].tokens.length;
  const size = levelStart[order + 1];
  const token = new Int32Array(size);
  const suffix = new Int32Array(size);
  const counts = new Int32Array(size);
  const childStart = new Int32Array(levelStart[order] + 1);
  token[0] = -1;
  counts[0] = predicted;
  levels.forEach((level, i) => {
    const start = levelStart[i + 1];
    token.set(level.tokens, start);
    counts.set(level.counts, start);
    const below = i === 0 ? 0 : levelStart[i];
    for (let n = 0; n < level.suffixes.length; n++)
      suffix[start + n] = i === 0 ? 0 : below + level.suffixes[n];
    for (let n = 0; n < level.childStart.length; n++) childStart[below + n] = start + level.childStart[n];
  });
  return { trie: new NgramTrie({ levelStart, token, childStart, suffix }), counts };
}
