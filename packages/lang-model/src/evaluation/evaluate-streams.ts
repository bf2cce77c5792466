import { pauser } from '../event-loop.js';
import { requireInteger } from '../options.js';
import type { TokenBatch } from '../recurrent/executor.js';
import { type Evaluation, evaluationOfLoss } from './perplexity.js';
import { type StreamBatches, streamBatches } from './stream-batches.js';

/** A model that reads many rows at once, as recurrent models do. */
export interface BatchEvaluator<S> {
  initialState(batchSize: number): S;
  /** Mean loss in nats over a chunk's predictions, and the state after it. */
  evaluate(
    batch: TokenBatch,
    state: S,
  ): { readonly loss: number; readonly predictions: number; readonly state: S };
}

export interface StreamEvaluationOptions {
  /** N: how many parts of the text are read side by side. Default 16. */
  readonly streams?: number;
  /** T: steps at a time. Default 64. */
  readonly steps?: number;
  /** How many tokens before its part each stream reads first, unscored, to know where it is. Default 128. */
  readonly warmUp?: number;
  /** Stops between batches with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * How well a recurrent model predicts a text, each id but the first given those before it, with the state carried along:
 * many times faster than one token after another, because parts of the text are read side by side. The first tokens of a part
 * are predicted from `warmUp` tokens of context instead of the whole text before them; with one stream the figure is that of
 * `evaluate(model, ids, { given: 1 })`.
 * @throws EmptySequenceError when there are fewer than two ids; the signal's reason
 */
export async function evaluateStreams<S>(
  model: BatchEvaluator<S>,
  ids: Int32Array,
  { streams = 16, steps = 64, warmUp = 128, signal }: StreamEvaluationOptions = {},
): Promise<Evaluation> {
  requireInteger('warmUp', warmUp, 0);
  const batches = streamBatches(ids, { streams, steps });
  let state = model.initialState(batches.streams);
  if (warmUp > 0 && batches.streams > 1)
    state = model.evaluate(contextBatch(ids, batches, warmUp), state).state;
  let loss = 0;
  let tokens = 0;
  const pause = pauser();
  for (const batch of batches) {
    await pause();
    signal?.throwIfAborted();
    const result = model.evaluate(batch, state);
    state = result.state;
    loss += result.loss * result.predictions;
    tokens += result.predictions;
  }
  return evaluationOfLoss(loss / tokens, tokens);
}

/** What stands before each stream, up to `steps` tokens; nothing for the first. */
function contextBatch(ids: Int32Array, { streams, columns }: StreamBatches, steps: number): TokenBatch {
  const inputs = new Int32Array(streams * steps);
  const lengths = new Int32Array(streams);
  for (let row = 0; row < streams; row++) {
    const context = ids.subarray(Math.max(0, row * columns - steps), row * columns);
    inputs.set(context, row * steps);
    lengths[row] = context.length;
  }
  // Only the state is wanted: what follows each token does not matter.
  return { inputs, targets: inputs, batchSize: streams, steps, lengths };
}
