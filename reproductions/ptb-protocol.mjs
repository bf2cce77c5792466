// What the Penn Treebank reproductions share: a preset's model and its trainer, as the PTB code trains it.
import { BpttTrainer, exponentialAfter, frozenSecondBiases, sgd } from '@throughtime/bptt-trainer';
import { pennTreebankBatches } from '@throughtime/datasets';
import { initializerOf, preset, RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';

/**
 * @param {string} name a preset
 * @param {{ vocabularySize: number, trainingIds: Int32Array, seed?: number }} options
 */
export function pennTreebankTraining(name, { vocabularySize, trainingIds, seed = 1 }) {
  const { model: architecture, initializer, forgetBias = 0, biases, training } = preset(name);
  const random = Random.seeded(seed);
  const model = new RecurrentLanguageModel({
    ...architecture,
    vocabularySize,
    initializer: initializerOf(initializer),
    forgetBias,
    random,
  });
  const { batchSize, steps, learningRate, decay, clipNorm, reduction, epochs } = training;
  const trainer = new BpttTrainer(model, {
    optimizer: sgd(learningRate, { groups: biases === 1 ? [frozenSecondBiases] : [] }),
    random,
    ...(decay && { schedule: exponentialAfter(decay.after, decay.factor) }),
    ...(clipNorm && { clipNorm }),
    ...(reduction && { reduction }),
  });
  return { model, trainer, batches: pennTreebankBatches(trainingIds, { batchSize, steps }), epochs };
}
