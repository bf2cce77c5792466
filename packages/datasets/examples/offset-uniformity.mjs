// An exercise of Dive into Deep Learning ("Language models"): does the random offset show every subsequence of a corpus
// equally often? Counts, over many epochs, how often a row of a batch starts at each token.
//
//   node examples/offset-uniformity.mjs        about a second; prints the table of the README
import { randomBatches, sequentialBatches } from '@throughtime/datasets';
import { Random } from '@throughtime/random';

const length = 10_000;
const steps = 35;
const epochs = 3_500;

// Tokens that are their own places: the first of a row says where it starts.
const places = Int32Array.from({ length }, (_, place) => place);

/** How often each place was the start of a row. @param {typeof randomBatches | typeof sequentialBatches} batches */
function countStarts(batches, batchSize) {
  const source = batches(places, { batchSize, steps, random: Random.seeded(1) });
  const counts = new Float64Array(length - steps);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const { inputs } of source) for (let row = 0; row < batchSize; row++) counts[inputs[row * steps]]++;
  }
  return counts;
}

function report(name, counts) {
  // Were every start equally likely, each would come once in `steps` epochs.
  const expected = epochs / steps;
  const never = counts.filter((count) => count === 0).length / counts.length;
  const most = Math.max(...counts) / expected;
  const deviation = Math.sqrt(
    counts.reduce((sum, count) => sum + (count / expected - 1) ** 2, 0) / counts.length,
  );
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  console.log(
    `${name.padEnd(24)} never: ${percent(never).padStart(6)}   most often: ${most.toFixed(1).padStart(4)} x expected   deviation: ${deviation.toFixed(2)}`,
  );
}

report('random, 1 row', countStarts(randomBatches, 1));
report('random, 32 rows', countStarts(randomBatches, 32));
report('sequential, 1 row', countStarts(sequentialBatches, 1));
report('sequential, 32 rows', countStarts(sequentialBatches, 32));
