import type { TrainableModel, TrainingBatch } from '@throughtime/contract';
import { eventLoopTurn } from '@throughtime/platform';
import { asSource, type Batches } from './batches/batches.js';
import type { Fit } from './events.js';
import { type CarriedState, startingState } from './run/carried-state.js';
import { addLoss, fitOf, noLosses } from './run/losses.js';

/**
 * A model's mean loss over batches, forward only and without dropout. The state is carried from batch to batch where the source
 * continues. The loss is NaN when there are no batches.
 * @param signal stops between batches with the signal's reason
 * @throws ArgumentError; what the model throws
 */
export async function evaluateBatches<B extends TrainingBatch, S>(
  model: TrainableModel<B, S>,
  batches: Batches<B>,
  signal?: AbortSignal,
): Promise<Fit> {
  const source = asSource('batches', batches);
  let carried: CarriedState<S> | null = null;
  let losses = noLosses;
  const turn = eventLoopTurn();
  for (const batch of source) {
    signal?.throwIfAborted();
    const result = await model.evaluate(batch, startingState(model, batch, carried));
    if (source.continues) carried = { state: result.state, batchSize: batch.batchSize };
    losses = addLoss(losses, result);
    await turn();
  }
  return fitOf(losses);
}
