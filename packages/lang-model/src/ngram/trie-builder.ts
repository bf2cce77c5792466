import { ArpaFormatError } from './arpa-format.js';
import { NgramList } from './arpa-sections.js';
import type { BackoffTables } from './backoff-tables.js';
import { NgramTrie } from './trie.js';

/**
 * A back-off model's tables from lists of n-grams in any order. Prefixes and suffixes of n-grams that are not in the lists
 * are put in, with the probability that backing off gives them and a weight of 1.
 *
 * @param lists for orders 1, 2, ...; the unigram list has every token 0 .. V - 1 in this order
 * @throws ArpaFormatError when an n-gram comes twice
 */
export function buildTrie(vocabularySize: number, lists: readonly NgramList[]): BackoffTables {
  const order = lists.length;
  const levelStart = new Int32Array(order + 2);
  levelStart[1] = 1;
  for (let k = 1; k <= order; k++) levelStart[k + 1] = levelStart[k] + lists[k - 1].length;
  const size = levelStart[order + 1];
  const token = new Int32Array(size).fill(-1, 0, 1);
  const suffix = new Int32Array(size);
  const childStart = new Int32Array(levelStart[order] + 1);
  const logProbability = new Float32Array(size).fill(Number.NEGATIVE_INFINITY, 0, 1);
  const backoff = new Float32Array(levelStart[order]);

  childStart.set([1, 1 + vocabularySize]);
  for (let id = 0; id < vocabularySize; id++) token[id + 1] = id;
  logProbability.set(lists[0].logProbability.subarray(0, vocabularySize), 1);
  if (order > 1) backoff.set(lists[0].backoff.subarray(0, vocabularySize), 1);

  for (let k = 2; k <= order; k++) {
    const below = new NgramTrie({ levelStart: levelStart.slice(0, k + 1), token, childStart, suffix });
    const list = lists[k - 1];
    const { parents, suffixes, missing } = links(below, list);
    if (missing.length > 0)
      return buildTrie(vocabularySize, lists.with(k - 2, withMissing(lists[k - 2], missing)));
    const last = Int32Array.from({ length: list.length }, (_, i) => list.tokens[i * k + k - 1]);
    const sorted = sortedBy(parents, sortedBy(last), levelStart[k]);
    const start = levelStart[k];
    for (let n = 0; n < sorted.length; n++) {
      const i = sorted[n];
      if (n > 0 && last[i] === last[sorted[n - 1]] && parents[i] === parents[sorted[n - 1]])
        throw new ArpaFormatError(undefined, `expected each n-gram of order ${k} once, got one twice`);
      token[start + n] = last[i];
      suffix[start + n] = suffixes[i];
      logProbability[start + n] = list.logProbability[i];
      if (k < order) backoff[start + n] = list.backoff[i];
    }
    setChildStarts(childStart, levelStart, k, parents);
  }
  const trie = new NgramTrie({ levelStart, token, childStart, suffix });
  fillMissing(trie, logProbability, backoff);
  return { trie, logProbability, backoff };
}

/** Each n-gram's parent and suffix in the orders below, and those (k - 1)-grams that are not there. */
function links(below: NgramTrie, { order, tokens, length }: NgramList) {
  const parents = new Int32Array(length);
  const suffixes = new Int32Array(length);
  const missing: Int32Array[] = [];
  for (let i = 0; i < length; i++) {
    const [from, to] = [i * order, (i + 1) * order];
    parents[i] = below.find(tokens, from, to - 1);
    suffixes[i] = below.find(tokens, from + 1, to);
    if (parents[i] < 0) missing.push(tokens.slice(from, to - 1));
    if (suffixes[i] < 0) missing.push(tokens.slice(from + 1, to));
  }
  return { parents, suffixes, missing };
}

/** The list with the missing n-grams, each once; NaN marks a probability that is yet to be worked out. */
function withMissing(list: NgramList, missing: readonly Int32Array[]): NgramList {
  const { order, length } = list;
  const distinct = [...new Map(missing.map((ngram) => [ngram.join(' '), ngram])).values()];
  const longer = new NgramList(order);
  longer.length = length + distinct.length;
  longer.tokens = new Int32Array(longer.length * order);
  longer.tokens.set(list.tokens.subarray(0, length * order));
  longer.logProbability = new Float32Array(longer.length).fill(Number.NaN, length);
  longer.logProbability.set(list.logProbability.subarray(0, length));
  longer.backoff = new Float32Array(longer.length);
  longer.backoff.set(list.backoff.subarray(0, length));
  distinct.forEach((ngram, i) => {
    longer.tokens.set(ngram, (length + i) * order);
  });
  return longer;
}

/** The indices of `keys`, or those given, stably sorted by key (a counting sort; keys lie in 0 .. limit - 1). */
function sortedBy(
  keys: Int32Array,
  indices: Int32Array = Int32Array.from(keys, (_, i) => i),
  limit: number = keys.reduce((highest, key) => Math.max(highest, key), 0) + 1,
): Int32Array {
  const starts = new Int32Array(limit + 1);
  for (let i = 0; i < keys.length; i++) starts[keys[i] + 1]++;
  for (let key = 0; key < limit; key++) starts[key + 1] += starts[key];
  const sorted = new Int32Array(keys.length);
  for (let n = 0; n < indices.length; n++) sorted[starts[keys[indices[n]]]++] = indices[n];
  return sorted;
}

function setChildStarts(
  childStart: Int32Array,
  levelStart: Int32Array,
  k: number,
  parents: Int32Array,
): void {
  const [low, high] = [levelStart[k - 1], levelStart[k]];
  const counts = new Int32Array(high - low);
  for (let i = 0; i < parents.length; i++) counts[parents[i] - low]++;
  let start = high;
  for (let context = low; context < high; context++) {
    childStart[context] = start;
    start += counts[context - low];
  }
  childStart[high] = start;
}

/** What backing off gives for the n-grams that were not listed; shorter ones are settled before longer ones ask. */
function fillMissing(trie: NgramTrie, logProbability: Float32Array, backoff: Float32Array): void {
  for (let context = 0; context < trie.contexts; context++)
    for (let node = trie.childStart[context]; node < trie.childStart[context + 1]; node++)
      if (Number.isNaN(logProbability[node]))
        logProbability[node] = backoff[context] + logProbability[trie.suffix[node]];
}
