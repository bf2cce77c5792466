import type { TokenBatch, TrainableModel } from '@throughtime/contract';
import { abortSignal, checkOptions, whole } from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import { millisecondsBetweenTurns, tokenIds } from '../checks.js';
import { type Evaluation, evaluationOfLoss } from './perplexity.js';
import { type StreamBatches, streamBatches } from './stream-batches.js';

/** A model that reads many rows at once, as recurrent models do. */
export type BatchEvaluator<S> = Pick<TrainableModel<TokenBatch, S>, 'initialState' | 'evaluate'>;

/** How the text is cut into streams that are read side by side. */
export interface StreamEvaluationOptions {
  /** N: how many parts of the text are read side by side. Default 16. */
  readonly streams?: number;
  /** T: steps at a time. Default 64. */
  readonly steps?: number;
  /** How many tokens before its part each stream reads first, unscored, to know where it is. Default 128. */
  readonly warmUp?: number;
  /** The id of `<unk>`: figures without its predictions are given, too. Default: no token is unknown. */
  readonly unknown?: number;
  /** Stops between batches with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How well a model predicts a text. */
export interface StreamEvaluation extends Evaluation {
  /** How many predictions were of `unknown`. */
  readonly unknownTokens: number;
  /** The figures without those predictions; as context the unknown token stays. NaN when nothing else was predicted. */
  readonly withoutUnknown: Evaluation;
}

/**
 * How well a recurrent model predicts a text: each id but the first, given those before it, with the state carried along. It is
 * many times faster than one token after another, because parts of the text are read side by side. The first tokens of a part
 * are predicted from `warmUp` tokens of context instead of the whole text before them; with one stream the figure is that of
 * `evaluate(model, ids, { given: 1 })`.
 * @throws EmptySequenceError when there are fewer than two ids; ArgumentError naming the option, or for what is no list of ids;
 *   the signal's reason
 */
export async function evaluateStreams<S>(
  model: BatchEvaluator<S>,
  ids: ArrayLike<number>,
  options: StreamEvaluationOptions = {},
): Promise<StreamEvaluation> {
  checkOptions<StreamEvaluationOptions>(options, {
    streams: whole({ from: 1 }),
    steps: whole({ from: 1 }),
    warmUp: whole({ from: 0 }),
    unknown: whole({ from: 0 }),
    signal: abortSignal,
  });
  const { streams = 16, steps = 64, warmUp = 128, unknown = -1, signal } = options;
  const text = tokenIds('ids', ids);
  const batches = streamBatches(text, { streams, steps });
  let state = model.initialState(batches.streams);
  if (warmUp > 0 && batches.streams > 1)
    ({ state } = await model.evaluate(contextBatch(text, batches, warmUp), state));
  let loss = 0;
  let tokens = 0;
  let unknownTokens = 0;
  let knownLoss = 0;
  const turn = eventLoopTurn(millisecondsBetweenTurns);
  for (const batch of batches) {
    await turn();
    signal?.throwIfAborted();
    const ofUnknown = unknownTargets(batch, unknown);
    if (ofUnknown > 0) knownLoss += await lossOfOthers(model, batch, state, unknown);
    const result = await model.evaluate(batch, state);
    state = result.state;
    loss += result.loss * result.predictions;
    if (ofUnknown === 0) knownLoss += result.loss * result.predictions;
    unknownTokens += ofUnknown;
    tokens += result.predictions;
  }
  const known = tokens - unknownTokens;
  return {
    ...evaluationOfLoss(loss / tokens, tokens),
    unknownTokens,
    withoutUnknown: evaluationOfLoss(knownLoss / known, known),
  };
}

/** How many predictions of a batch are of this token. */
function unknownTargets({ targets, batchSize, steps, lengths }: TokenBatch, unknown: number): number {
  let count = 0;
  for (let row = 0; row < batchSize; row++)
    for (let t = 0; t < (lengths?.[row] ?? steps); t++) if (targets[row * steps + t] === unknown) count++;
  return count;
}

/** The sum of the losses of all predictions but those of `unknown`, step by step: rows that predict it are left out of the step. */
async function lossOfOthers<S>(
  model: BatchEvaluator<S>,
  batch: TokenBatch,
  state: S,
  unknown: number,
): Promise<number> {
  const { batchSize, steps } = batch;
  let loss = 0;
  for (let t = 0; t < steps; t++) {
    const column = (ids: ArrayLike<number>) =>
      Int32Array.from({ length: batchSize }, (_, row) => ids[row * steps + t]);
    const targets = column(batch.targets);
    const lengths = Int32Array.from(targets, (_, row) => Number(t < (batch.lengths?.[row] ?? steps)));
    const step = { inputs: column(batch.inputs), targets, batchSize, steps: 1 };
    const counted = lengths.map((length, row) => (targets[row] === unknown ? 0 : length));
    if (counted.includes(1)) {
      const others = await model.evaluate({ ...step, lengths: counted }, state);
      loss += others.loss * others.predictions;
    }
    if (t + 1 < steps) ({ state } = await model.evaluate({ ...step, lengths }, state));
  }
  return loss;
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
