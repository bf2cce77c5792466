import {
  type Awaitable,
  type AwaitableLanguageModel,
  type AwaitableSteps,
  type LanguageModel,
  ready,
  runSteps,
  whenReady,
} from '@throughtime/contract';
import { anything, checkOptions, whole } from '@throughtime/errors';
import { requireTokens, tokenIds, tokenSequence } from '../checks.js';
import { EmptySequenceError } from '../errors.js';

/** Where scoring begins. */
export interface EvaluationOptions<S> {
  /** What the model has seen before ids[0]. Default: nothing, its initial state. */
  readonly state?: S;
  /**
   * How many of the first ids are context only: read, not scored. Default 0, so that every id counts. With 1 the figure is
   * comparable to a training loss, which has no prediction for the first token of a text.
   */
  readonly given?: number;
}

/** How well a model predicts a text. */
export interface Evaluation {
  /** How many ids were scored. */
  readonly tokens: number;
  /** Mean negative log-likelihood, in nats per token. */
  readonly loss: number;
  /** exp(loss): the inverse geometric mean of the probabilities. 1 at best, V for a uniform model, infinite at worst. */
  readonly perplexity: number;
  /** loss / ln 2. For a character model: the bits per character that an ideal compressor would need. */
  readonly bitsPerToken: number;
}

/**
 * How well a model predicts a text, each id given all before it: at once, or by a promise where the model answers by promises.
 *
 * @throws EmptySequenceError when no id is left to be scored; ArgumentError for what is no list of ids
 * @throws TokenOutOfRangeError when an id is not in the model's vocabulary
 */
export function evaluate<S>(
  model: LanguageModel<S>,
  ids: ArrayLike<number>,
  options?: EvaluationOptions<S>,
): Evaluation;
export function evaluate<S>(
  model: AwaitableLanguageModel<S>,
  ids: ArrayLike<number>,
  options?: EvaluationOptions<S>,
): Awaitable<Evaluation>;
export function evaluate<S>(
  model: AwaitableLanguageModel<S>,
  ids: ArrayLike<number>,
  options: EvaluationOptions<S> = {},
): Awaitable<Evaluation> {
  checkOptions<EvaluationOptions<unknown>>(options, { state: anything, given: whole({ from: 0 }) });
  const { state, given = 0 } = options;
  tokenSequence('ids', ids);
  if (ids.length <= given) {
    const scored = given === 0 ? 'any' : `any after ${given} given`;
    throw new EmptySequenceError('ids', `at least ${given + 1} to score ${scored}`, ids.length);
  }
  return whenReady(tokenLogProbabilities(model, ids, state), (scores) =>
    evaluationOf(scores.subarray(given)),
  );
}

/** Perplexity of `ids` under `model`; see {@link evaluate} for the convention and the errors. */
export function perplexity<S>(
  model: LanguageModel<S>,
  ids: ArrayLike<number>,
  options?: EvaluationOptions<S>,
): number;
export function perplexity<S>(
  model: AwaitableLanguageModel<S>,
  ids: ArrayLike<number>,
  options?: EvaluationOptions<S>,
): Awaitable<number>;
export function perplexity<S>(
  model: AwaitableLanguageModel<S>,
  ids: ArrayLike<number>,
  options: EvaluationOptions<S> = {},
): Awaitable<number> {
  return whenReady(evaluate(model, ids, options), (evaluation) => evaluation.perplexity);
}

/** Bits per token of `ids` under `model` (per character for a character model); see {@link evaluate}. */
export function bitsPerToken<S>(
  model: LanguageModel<S>,
  ids: ArrayLike<number>,
  options?: EvaluationOptions<S>,
): number;
export function bitsPerToken<S>(
  model: AwaitableLanguageModel<S>,
  ids: ArrayLike<number>,
  options?: EvaluationOptions<S>,
): Awaitable<number>;
export function bitsPerToken<S>(
  model: AwaitableLanguageModel<S>,
  ids: ArrayLike<number>,
  options: EvaluationOptions<S> = {},
): Awaitable<number> {
  return whenReady(evaluate(model, ids, options), (evaluation) => evaluation.bitsPerToken);
}

/**
 * The natural log-probability of each id given all ids before it, [ids.length].
 *
 * Uses the model's `score` where it has one and otherwise advances token by token.
 *
 * @param state what the model has seen before ids[0]; by default nothing
 * @throws TokenOutOfRangeError when an id is not in the model's vocabulary; ArgumentError for what is no list of ids
 */
export function tokenLogProbabilities<S>(
  model: LanguageModel<S>,
  ids: ArrayLike<number>,
  state?: S,
): Float64Array;
export function tokenLogProbabilities<S>(
  model: AwaitableLanguageModel<S>,
  ids: ArrayLike<number>,
  state?: S,
): Awaitable<Float64Array>;
export function tokenLogProbabilities<S>(
  model: AwaitableLanguageModel<S>,
  ids: ArrayLike<number>,
  state?: S,
): Awaitable<Float64Array> {
  requireTokens(tokenSequence('ids', ids), model.vocabularySize);
  const tokens = tokenIds('ids', ids);
  if (model.score) return state === undefined ? model.score(tokens) : model.score(tokens, state);
  return runSteps(oneByOne(model, tokens, state === undefined ? model.initialState() : state));
}

function* oneByOne<S>(
  model: AwaitableLanguageModel<S>,
  ids: Int32Array,
  state: S,
): AwaitableSteps<Float64Array> {
  const scores = new Float64Array(ids.length);
  for (const [t, id] of ids.entries()) {
    scores[t] = (yield* ready(model.logProbabilities(state)))[id];
    state = yield* ready(model.advance(state, id));
  }
  return scores;
}

/** The figures of natural log-probabilities, one per token. */
export function evaluationOf(logProbabilities: ArrayLike<number>): Evaluation {
  let sum = 0;
  for (let i = 0; i < logProbabilities.length; i++) sum += logProbabilities[i];
  return evaluationOfLoss(-sum / logProbabilities.length, logProbabilities.length);
}

/** The same figures from a mean loss in nats. Every perplexity of this package is computed here. */
export function evaluationOfLoss(loss: number, tokens: number): Evaluation {
  return { tokens, loss, perplexity: Math.exp(loss), bitsPerToken: loss / Math.LN2 };
}
