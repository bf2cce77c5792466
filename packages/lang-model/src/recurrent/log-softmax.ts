/**
 * Natural log-probabilities of logits [M, V], row by row. The normaliser is summed in double precision, so that
 * probabilities sum to 1 as closely as float32 can say.
 */
export function logSoftmax(logits: Float32Array, vocabularySize: number): Float32Array {
  const logProbabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += vocabularySize) {
    const end = start + vocabularySize;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) if (logits[i] > highest) highest = logits[i];
    let sum = 0;
    for (let i = start; i < end; i++) sum += Math.exp(logits[i] - highest);
    const normaliser = highest + Math.log(sum);
    for (let i = start; i < end; i++) logProbabilities[i] = logits[i] - normaliser;
  }
  return logProbabilities;
}
