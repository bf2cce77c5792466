import type { TokenBatch, TrainableModel } from '@throughtime/contract';
import { abortSignal, checkOptions, whole } from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import { millisecondsBetweenTurns } from '../checks.js';
import { type Evaluation, evaluationOfLoss } from './perplexity.js';
import { type StreamBatches, streamBatches } from './stream-batches.js';

/** A model that reads many rows at once, as recurrent models do. */
export type BatchEvaluator<S> = Pick<TrainableModel<TokenBatch, S>, 'initialState' | 'evaluate'>;

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
 * How well a recurrent model predicts a text: each id but the first, given those before it, with the state carried along. It is
 * many times faster than one token after another, because parts of the text are read side by side. The first tokens of a part
 * are predicted from `warmUp` tokens of context instead of the whole text before them; with one stream the figure is that of
 * `evaluate(model, ids, { given: 1 })`.
 * @throws EmptySequenceError when there are fewer than two ids; ArgumentError naming the option; the signal's reason
 */
export async function evaluateStreams<S>(
  model: BatchEvaluator<S>,
  ids: Int32Array,
  options: StreamEvaluationOptions = {},
): Promise<Evaluation> {
  checkOptions<StreamEvaluationOptions>(options, {
    streams: whole({ from: 1 }),
    steps: whole({ from: 1 }),
    warmUp: whole({ from: 0 }),
    signal: abortSignal,
  });
  const { streams = 16, steps = 64, warmUp = 128, signal } = options;
  const batches = streamBatches(ids, { streams, steps });
  let state = model.initialState(batches.streams);
  if (warmUp > 0 && batches.streams > 1)
    ({ state } = await model.evaluate(contextBatch(ids, batches, warmUp), state));
  let loss = 0;
  let tokens = 0;
  const turn = eventLoopTurn(millisecondsBetweenTurns);
  for (const batch of batches) {
    await turn();
    signal?.throwIfAborted();
    const result = await model.evaluate(batch, state);
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
