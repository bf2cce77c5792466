// Word ids with the sizes and the word frequencies of a real corpus, but no meaning: for speed and memory, which depend on nothing else.

/** Tokens of Penn Treebank's three parts, `<eos>` included, and its vocabulary. */
export const pennTreebankSizes = { train: 929_589, validation: 73_760, test: 82_430, vocabulary: 10_000 };

/**
 * Independent draws by Zipf's law: the word of rank r comes in proportion to 1 / r.
 * @param {number} length
 * @param {number} vocabularySize
 * @param {import('@throughtime/random').Random} random
 */
export function zipfIds(length, vocabularySize, random) {
  const cumulative = new Float64Array(vocabularySize);
  let total = 0;
  for (let id = 0; id < vocabularySize; id++) {
    total += 1 / (id + 1);
    cumulative[id] = total;
  }
  return Int32Array.from({ length }, () => firstAbove(cumulative, random.uniform() * total));
}

/** The first index whose value is above `bound`. @param {Float64Array} ascending @param {number} bound */
function firstAbove(ascending, bound) {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
