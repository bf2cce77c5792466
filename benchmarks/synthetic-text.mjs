// Text that is made up but has the statistics that matter for n-gram models: word frequencies by Zipf's law, and n-grams as
// sparse as English ones. Words drawn one by one by Zipf's law alone repeat no longer n-grams, so most words here follow from
// the one or two before them.
import { Random } from '@throughtime/random';

/**
 * @param {{ words: number, vocabularySize?: number, seed?: number, sentenceLength?: number }} options
 * @returns {Int32Array[]} sentences of ids 3 .. vocabularySize - 1 (0 to 2 are left for <unk>, <s>, </s>)
 */
export function syntheticSentences({ words, vocabularySize = 10_000, seed = 1, sentenceLength = 22 }) {
  const random = Random.seeded(seed);
  const byRank = zipfRanks(vocabularySize - 3);
  const sentences = [];
  let sentence = [];
  let [before, last] = [0, 0];
  for (let made = 0; made < words; made++) {
    const choice = random.uniform();
    const u = random.uniform();
    let place;
    // A few words follow a pair of words, some hundred follow a word, all follow anything: the likelier, the fewer.
    if (choice < 0.42) place = hashed(before, last, Math.floor(12 * u ** 3));
    else if (choice < 0.84) place = hashed(-1, last, Math.floor(300 * u ** 3));
    else place = u;
    const word = 3 + byRank[Math.floor(place * byRank.length)];
    sentence.push(word);
    [before, last] = [last, word];
    if (random.uniform() < 1 / sentenceLength || made === words - 1) {
      sentences.push(Int32Array.from(sentence));
      sentence = [];
      [before, last] = [0, 0];
    }
  }
  return sentences;
}

/** Ranks such that a uniform pick among them follows Zipf's law, 1 / (rank + 2.7). */
function zipfRanks(count, resolution = 1 << 20) {
  const weights = Float64Array.from({ length: count }, (_, rank) => 1 / (rank + 2.7));
  const total = weights.reduce((a, b) => a + b, 0);
  const ranks = new Int32Array(resolution);
  let rank = 0;
  let cumulative = weights[0] / total;
  for (let i = 0; i < resolution; i++) {
    while ((i + 0.5) / resolution > cumulative && rank < count - 1) cumulative += weights[++rank] / total;
    ranks[i] = rank;
  }
  return ranks;
}

/** A number in [0, 1) that is the same whenever the three are (murmur3's finaliser). */
function hashed(a, b, c) {
  let h =
    Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(b + 0x7f4a7c15, 0xc2b2ae35) ^
    Math.imul(c + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
