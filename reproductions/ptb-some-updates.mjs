// Some updates of a large model on drawn ids of Penn Treebank's sizes: does it run, how fast, in how much memory.
import { fitOptions } from '@throughtime/char-generator/core/training-run';
import { preset } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { drawnRun } from './ptb-protocol.mjs';
import { RunPace } from './run-pace.mjs';
import { pennTreebankSizes, zipfIds } from './synthetic-corpus.mjs';
import { lstmTrainingBytes } from './training-memory.mjs';

/** Of a quick look. */
const few = 3;
/** Peak memory of the whole process, Node and corpus included, over what training cannot do without. */
const mostTimesTheFloor = 3;

/**
 * @param {'ptb-medium' | 'ptb-large' | 'awd-lstm'} name a preset
 * @param {number} many how many updates
 * @param {{ report(line: string): void, quick?: boolean }} context
 */
export async function someUpdates(name, many, { report, quick = false }) {
  const updates = quick ? few : many;
  const { train, vocabulary: vocabularySize } = pennTreebankSizes;
  const trainingIds = zipfIds(train, vocabularySize, Random.seeded(1));
  const run = drawnRun(name, { vocabularySize, trainingIds });
  const { model, trainer, batches } = run;
  const pace = new RunPace();
  let tokens = 0;
  /** @type {number[]} */
  const losses = [];
  for await (const event of trainer.fit(batches, { ...fitOptions(run), epochs: 1 })) {
    if (event.type !== 'step') continue;
    pace.update();
    tokens += event.predictions;
    losses.push(event.loss);
    if (losses.length % 10 === 0)
      report(`  ${name}: update ${losses.length} of ${updates}, perplexity ${event.perplexity.toFixed(0)}`);
    if (losses.length === updates) break;
  }
  const { training } = preset(name);
  const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
  const parts = floor(name, model, vocabularySize);
  const total = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  const peak = process.resourceUsage().maxRSS * 1024;
  const bound = mostTimesTheFloor * total;
  return {
    checks: [
      {
        // The trainer stops at a loss that is not finite, so a run to the end had none.
        name: `${updates} updates: lowest loss, below that of a uniform model`,
        expected: `< ${Math.log(vocabularySize).toFixed(2)} nats`,
        ours: lowest.toFixed(2),
        within: losses.length === updates && lowest < Math.log(vocabularySize),
      },
      {
        name: `peak memory (floor: ${megabytes(total)})`,
        expected: `< ${megabytes(bound)}`,
        ours: megabytes(peak),
        within: peak < bound,
      },
    ],
    notes: [
      `losses from ${lowest.toFixed(2)} to ${highest.toFixed(2)}: single updates overshoot` +
        (training.reduction === 'sum-over-time'
          ? `, at a learning rate of 1 on sums over ${training.steps} steps, in PyTorch as here`
          : ''),
      `${(tokens / pace.undisturbedSeconds()).toFixed(0)} tokens/s undisturbed, ${(tokens / pace.seconds).toFixed(0)} by the clock; ` +
        `an epoch is ${batches.length} updates`,
      `floor: ${Object.entries(parts)
        .map(([part, bytes]) => `${part} ${megabytes(bytes)}`)
        .join(', ')}`,
    ],
  };
}

/** @param {string} name @param {import('@throughtime/lang-model').RecurrentLanguageModel} model @param {number} vocabularySize */
function floor(name, model, vocabularySize) {
  const { training } = preset(name);
  const { hiddenSize, layers = 1, embedding, dropout } = model.config;
  return lstmTrainingBytes({
    parameters: model.parameters.reduce((sum, { data }) => sum + data.length, 0),
    slots: training.optimizer.name === 'non-monotonic-averaged-sgd' ? 1 : 0,
    batchSize: training.batchSize,
    steps: training.steps,
    embedding: Number(embedding),
    hiddenSize: hiddenSize ?? 256,
    layers,
    vocabularySize,
    dropout: dropout !== undefined,
  });
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
