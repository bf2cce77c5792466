// Text with the word statistics of a large corpus, which no embedded book has: hundreds of thousands of distinct words whose
// frequencies follow Zipf's law, on lines of twelve words.
import { Random } from '@throughtime/random';

const LETTERS = 'etaoinshrdlucmfwypvbgk';

/**
 * Chunks of ASCII text, endlessly.
 * @param {{ distinct?: number, seed?: number, chunkWords?: number }} [options]
 */
export function* zipfText({ distinct = 200_000, seed = 1, chunkWords = 120_000 } = {}) {
  const random = Random.seeded(seed);
  const words = wordList(distinct, random);
  for (;;) {
    const chunk = [];
    for (let made = 1; made <= chunkWords; made++) {
      // Uniform in the logarithm of the rank: frequency is proportional to 1 / rank.
      const rank = Math.floor(Math.exp(random.uniform() * Math.log(words.length + 1))) - 1;
      chunk.push(words[Math.min(rank, words.length - 1)], made % 12 === 0 ? '\n' : ' ');
    }
    yield chunk.join('');
  }
}

/** @param {number} count @param {Random} random */
function wordList(count, random) {
  const words = new Set();
  while (words.size < count) {
    let word = '';
    for (let length = random.integer(2, 11); length > 0; length--) {
      word += LETTERS[Math.floor(random.uniform() ** 1.7 * LETTERS.length)];
    }
    words.add(word);
  }
  return [...words];
}
