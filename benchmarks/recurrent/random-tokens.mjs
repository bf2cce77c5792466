/**
 * An endless source of batches for a trainer: new random tokens for every step, each batch continuing the one before.
 * @param {{ vocabulary: number, batch: number, steps: number }} model
 */
export function randomTokens({ vocabulary, batch, steps }) {
  return { length: 1e9, continues: true, from: fresh, [Symbol.iterator]: fresh };

  function fresh() {
    let word = 1;
    const ids = () => {
      const drawn = new Int32Array(batch * steps);
      for (let i = 0; i < drawn.length; i++) {
        word = (Math.imul(word, 1664525) + 1013904223) | 0;
        drawn[i] = (word >>> 8) % vocabulary;
      }
      return drawn;
    };
    return {
      next: () => ({ done: false, value: { inputs: ids(), targets: ids(), batchSize: batch, steps } }),
      cursor: () => ({ random: [], index: 0 }),
      [Symbol.iterator]() {
        return this;
      },
    };
  }
}
