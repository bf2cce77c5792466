import type { TrainableModel, TrainingBatch } from '@throughtime/contract';
import { asSource, type Batches } from './batches/batch-source.js';
import type { Fit } from './events.js';
import { CarriedState } from './training/carried-state.js';
import { eventLoopTurn } from './training/event-loop.js';
import { LossMeter, perplexityOf } from './training/loss-meter.js';

/**
 * A model's mean loss over batches, forward only and without dropout, with the state carried where the batches continue one
 * another. NaN when there are no batches.
 * @param signal stops between batches with the signal's reason
 */
export async function evaluateBatches<B extends TrainingBatch, S>(
  model: TrainableModel<B, S>,
  batches: Batches<B>,
  signal?: AbortSignal,
): Promise<Fit> {
  const source = asSource(batches);
  const carried = new CarriedState((batchSize) => model.initialState(batchSize), source.continues);
  const meter = new LossMeter();
  const breathe = eventLoopTurn();
  for (const batch of source) {
    signal?.throwIfAborted();
    const { loss, predictions, state } = await model.evaluate(batch, carried.startOf(batch));
    carried.keep(state, batch.batchSize);
    meter.add(loss, predictions);
    await breathe();
  }
  return { loss: meter.loss, ...perplexityOf(meter.loss), predictions: meter.predictions };
}
