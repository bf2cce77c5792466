import type { Random } from '@throughtime/random';
import type { TrainingBatch } from '../batches/batch-source.js';
import { sgd } from '../optimizers/sgd.js';
import type { TrainableModel } from '../trainable-model.js';
import { BpttTrainer } from '../trainer.js';
import type { Truncation } from '../truncation/truncation.js';

/**
 * The gradient of a batch's mean loss as a truncation sees it, all parameters in a row; the weights stay as they are. It is
 * the trainer's own, of an update that is accumulated over the whole batch and taken at rate 0.
 */
export async function truncatedGradient<B extends TrainingBatch, S>(
  model: TrainableModel<B, S>,
  batch: B,
  truncation: Truncation,
  random: Random,
): Promise<Float64Array> {
  const trainer = new BpttTrainer(model, {
    optimizer: sgd(0),
    truncation,
    accumulate: Number.MAX_SAFE_INTEGER,
    random,
  });
  for await (const _ of trainer.fit([batch], { epochs: 1 }));
  return Float64Array.from(model.parameters.flatMap(({ gradient }) => [...gradient]));
}
