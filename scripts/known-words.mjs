// Which of several generated texts has the most words that its source has: of what chance wrote, the one to show.

/**
 * @param {string[]} samples
 * @param {string} source the text that was learned from
 * @returns {{ sample: string, index: number, share: number }} the share of its words that the source has
 */
export function mostKnown(samples, source) {
  const known = new Set(wordsOf(source));
  const judged = samples.map((sample, index) => {
    // The last word may be cut off.
    const words = wordsOf(sample).slice(0, -1);
    const share = words.filter((word) => known.has(word)).length / Math.max(1, words.length);
    return { sample, index, share };
  });
  return judged.reduce((best, one) => (one.share > best.share ? one : best));
}

/** @param {string} text */
function wordsOf(text) {
  return text.toLowerCase().match(/\p{L}+/gu) ?? [];
}
