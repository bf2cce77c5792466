import type { Parameter, TokenBatch, TrainableModel } from '@throughtime/contract';
import {
  ArgumentError,
  abortSignal,
  checkOptions,
  instance,
  list,
  number,
  type OptionChecks,
  probability,
  whole,
} from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import { Random } from '@throughtime/random';
import { millisecondsBetweenTurns, tokenIds } from '../checks.js';
import { EmptySequenceError } from '../errors.js';
import type { LanguageStepOptions } from '../recurrent/executor.js';
import { type Evaluation, evaluationOfLoss } from './perplexity.js';

/** What dynamic evaluation adapts: any recurrent language model, of this package or of a user's. */
export type AdaptableModel<S> = TrainableModel<TokenBatch, S>;

/** How weights follow the text that is evaluated (Krause et al. 2018). */
export interface DynamicEvaluationOptions {
  /** Tokens between two adaptations. Default 20. */
  readonly steps?: number;
  /** How far a step goes. Default 0.1; with `squares` a smaller one, about 1e-4 times as large, is usual. */
  readonly learningRate?: number;
  /** Which share of the way back to the trained weights is taken at every step, 0 to 1. Default 0.002. */
  readonly decay?: number;
  /**
   * For each parameter the mean squares of its gradients over training text, in the order of `parameters`, as
   * {@link gradientSquares} gives them: steps are divided by their roots. Default: plain descent.
   */
  readonly squares?: readonly Float32Array[];
  /** Stops between steps with the signal's reason; the weights are put back. */
  readonly signal?: AbortSignal;
}

const dynamicEvaluationChecks: OptionChecks<DynamicEvaluationOptions> = {
  steps: whole({ from: 1 }),
  learningRate: number({ from: 0 }),
  decay: probability,
  squares: list(instance(Float32Array)),
  signal: abortSignal,
};

/** Keeps the division by the root of a mean square finite. */
const epsilon = 1e-5;

/**
 * Perplexity of a model that continues to learn while it is tested (Krause et al. 2018): each stretch of text is first predicted,
 * then learned from, so that what recurs in a text is expected more and more. Every id but the first is scored before the
 * model has seen it. The weights are put back at the end.
 *
 *     w <- w - rate * g / (sqrt(squares) + eps) + decay * (w_trained - w)
 *
 * g is the gradient of the loss that is measured, without dropout and activation penalties.
 *
 * @throws EmptySequenceError when there are fewer than two ids; ArgumentError for what is no list of ids
 * @throws ArgumentError naming the option, also when `squares` has other lengths than the parameters; the signal's reason
 */
export async function dynamicEvaluation<S>(
  model: AdaptableModel<S>,
  ids: ArrayLike<number>,
  options: DynamicEvaluationOptions = {},
): Promise<Evaluation> {
  checkOptions<DynamicEvaluationOptions>(options, dynamicEvaluationChecks);
  const { steps = 20, learningRate = 0.1, decay = 0.002, squares, signal } = options;
  if (squares) requireSquares(squares, model.parameters);
  const plain = plainGradients();
  const trained = model.parameters.map(({ data }) => data.slice());
  const roots = squares?.map((values) => values.map((square) => Math.sqrt(square) + epsilon));
  let state = model.initialState(1);
  let loss = 0;
  const turn = eventLoopTurn(millisecondsBetweenTurns);
  try {
    for (const batch of chunks(ids, steps)) {
      await turn();
      signal?.throwIfAborted();
      const scored = await model.evaluate(batch, state);
      loss += scored.loss * scored.predictions;
      await model.lossAndGradients(batch, state, plain);
      state = scored.state;
      model.parameters.forEach(({ data, gradient }, p) => {
        for (let i = 0; i < data.length; i++) {
          const step = (learningRate * gradient[i]) / (roots ? roots[p][i] : 1);
          data[i] += decay * (trained[p][i] - data[i]) - step;
        }
      });
      model.weightsChanged?.();
    }
  } finally {
    model.parameters.forEach(({ data }, p) => {
      data.set(trained[p]);
    });
    model.weightsChanged?.();
  }
  return evaluationOfLoss(loss / (ids.length - 1), ids.length - 1);
}

/** The length of a chunk, and what stops it. */
export type GradientSquaresOptions = Pick<DynamicEvaluationOptions, 'steps' | 'signal'>;

/**
 * The mean squares of a model's gradients over a text, chunk by chunk: how steep the loss is in each weight, for
 * {@link dynamicEvaluation}; without dropout and activation penalties, as there. Use text that the model was trained on.
 * @throws EmptySequenceError when there are fewer than two ids; ArgumentError naming the option, or for what is no list of ids;
 *   the signal's reason
 */
export async function gradientSquares<S>(
  model: AdaptableModel<S>,
  ids: ArrayLike<number>,
  options: GradientSquaresOptions = {},
): Promise<Float32Array[]> {
  const { steps: stepsCheck, signal: signalCheck } = dynamicEvaluationChecks;
  checkOptions<GradientSquaresOptions>(options, { steps: stepsCheck, signal: signalCheck });
  const { steps = 20, signal } = options;
  const sums = model.parameters.map(({ data }) => new Float32Array(data.length));
  let state = model.initialState(1);
  let count = 0;
  const plain = plainGradients();
  const turn = eventLoopTurn(millisecondsBetweenTurns);
  for (const batch of chunks(ids, steps)) {
    await turn();
    signal?.throwIfAborted();
    ({ state } = await model.lossAndGradients(batch, state, plain));
    model.parameters.forEach(({ gradient }, p) => {
      for (let i = 0; i < gradient.length; i++) sums[p][i] += gradient[i] ** 2;
    });
    count++;
  }
  return sums.map((values) => values.map((sum) => sum / count));
}

/**
 * Asks for gradients of the loss that evaluation measures. The random is for models of others that drop all the same: they
 * draw other masks for each chunk.
 */
function plainGradients(): LanguageStepOptions {
  return { regularization: false, random: Random.seeded(0) };
}

function requireSquares(squares: readonly Float32Array[], parameters: readonly Parameter[]): void {
  if (squares.length !== parameters.length)
    throw new ArgumentError('squares', `${parameters.length} arrays, one per parameter`, squares.length);
  parameters.forEach(({ name, data }, p) => {
    if (squares[p].length !== data.length)
      throw new ArgumentError(`squares[${p}]`, `${data.length} numbers, as ${name} has`, squares[p].length);
  });
}

function* chunks(text: ArrayLike<number>, steps: number): Generator<TokenBatch> {
  const ids = tokenIds('ids', text);
  if (ids.length < 2)
    throw new EmptySequenceError('ids', 'at least 2 to predict any from another', ids.length);
  for (let from = 0; from + 1 < ids.length; from += steps) {
    const to = Math.min(from + steps, ids.length - 1);
    const inputs = ids.subarray(from, to);
    yield { inputs, targets: ids.subarray(from + 1, to + 1), batchSize: 1, steps: to - from };
  }
}
