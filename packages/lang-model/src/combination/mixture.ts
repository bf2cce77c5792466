import {
  type Awaitable,
  type AwaitableLanguageModel,
  type AwaitableSteps,
  allReady,
  type LanguageModel,
  ready,
  runSteps,
  whenReady,
} from '@throughtime/contract';
import { ArgumentError, checkOptions, inWords, list, number, whole } from '@throughtime/errors';
import { requireTokens, tokenSequence } from '../checks.js';
import { EmptySequenceError, VocabularyMismatchError } from '../errors.js';
import { tokenLogProbabilities } from '../evaluation/perplexity.js';

/**
 * Linear interpolation of language models over one vocabulary: p(w) = sum of weight_i p_i(w). A recurrent model and a
 * Kneser-Ney model err differently, so their mixture is usually better than either.
 */
export class MixtureLanguageModel implements AwaitableLanguageModel<readonly unknown[]> {
  readonly vocabularySize: number;
  readonly models: readonly AwaitableLanguageModel[];
  /** Positive, summing to 1. */
  readonly weights: readonly number[];
  readonly #mixed: Float64Array;

  /**
   * @param weights one for each model, at least 0; they are scaled to sum to 1. Default: equal
   * @throws VocabularyMismatchError when the models' vocabularies differ in size
   * @throws ArgumentError when there is no model, or the weights are not a distribution
   */
  constructor(models: readonly AwaitableLanguageModel[], weights?: readonly number[]) {
    this.vocabularySize = sharedVocabularySize(models);
    this.models = [...models];
    this.weights = normalized(weights ?? models.map(() => 1), models.length);
    this.#mixed = new Float64Array(this.vocabularySize);
  }

  initialState(): readonly unknown[] {
    return this.models.map((model) => model.initialState());
  }

  advance(state: readonly unknown[], token: number): Awaitable<readonly unknown[]> {
    return allReady(this.models.map((model, i) => model.advance(state[i], token)));
  }

  logProbabilities(state: readonly unknown[]): Awaitable<Float64Array> {
    return runSteps(this.#mix((model, i) => model.logProbabilities(state[i]), this.#mixed.fill(0)));
  }

  score(ids: ArrayLike<number>, state: readonly unknown[] = this.initialState()): Awaitable<Float64Array> {
    requireTokens(tokenSequence('ids', ids), this.vocabularySize);
    const mixed = new Float64Array(ids.length);
    return runSteps(this.#mix((model, i) => tokenLogProbabilities(model, ids, state[i]), mixed));
  }

  /** log of the sum of weight_i exp(answer_i), written to `mixed`, which is all zeros. One model after another: answers are valid until the next. */
  *#mix(
    ask: (model: AwaitableLanguageModel, i: number) => Awaitable<Float32Array | Float64Array>,
    mixed: Float64Array,
  ): AwaitableSteps<Float64Array> {
    for (const [i, model] of this.models.entries()) {
      const weight = this.weights[i];
      // A model without weight need not run, and its -Infinity must not become NaN.
      if (weight === 0) continue;
      const answer = yield* ready(ask(model, i));
      for (let v = 0; v < mixed.length; v++) mixed[v] += weight * Math.exp(answer[v]);
    }
    for (let v = 0; v < mixed.length; v++) mixed[v] = Math.log(mixed[v]);
    return mixed;
  }
}

/** How weights of a mixture are fitted. */
export interface MixtureFitOptions {
  /** Rounds of expectation maximization at most. Default 1000: slow only where the best weight is near 0 or 1. */
  readonly iterations?: number;
  /** Stop when no weight moves by more than this. Default 1e-7. */
  readonly tolerance?: number;
}

/**
 * The mixture weights under which `ids` are most probable, by expectation maximization (the likelihood is concave in the
 * weights, so it finds the maximum). Fit them on text that no model was trained on.
 *
 * @returns weights in the order of `models`, summing to 1
 * @throws EmptySequenceError when there are no ids; VocabularyMismatchError when the vocabularies differ; ArgumentError naming
 *   the option
 */
export function fitMixtureWeights(
  models: readonly LanguageModel[],
  ids: ArrayLike<number>,
  options?: MixtureFitOptions,
): number[];
export function fitMixtureWeights(
  models: readonly AwaitableLanguageModel[],
  ids: ArrayLike<number>,
  options?: MixtureFitOptions,
): Awaitable<number[]>;
export function fitMixtureWeights(
  models: readonly AwaitableLanguageModel[],
  ids: ArrayLike<number>,
  options: MixtureFitOptions = {},
): Awaitable<number[]> {
  checkOptions<MixtureFitOptions>(options, {
    iterations: whole({ from: 0 }),
    tolerance: number({ from: 0 }),
  });
  const { iterations = 1000, tolerance = 1e-7 } = options;
  sharedVocabularySize(models);
  tokenSequence('ids', ids);
  if (ids.length === 0) throw new EmptySequenceError('ids', 'at least one to fit the weights on', 0);
  return whenReady(allReady(models.map((model) => tokenLogProbabilities(model, ids))), (scores) =>
    mostLikelyWeights(
      scores.map((ofModel) => ofModel.map(Math.exp)),
      { iterations, tolerance },
    ),
  );
}

/** @param probabilities of each token under each model, [models, T] */
function mostLikelyWeights(
  probabilities: readonly Float64Array[],
  { iterations, tolerance }: Required<MixtureFitOptions>,
): number[] {
  const tokens = probabilities[0].length;
  let weights = probabilities.map(() => 1 / probabilities.length);
  for (let round = 0; round < iterations; round++) {
    const responsibility = probabilities.map(() => 0);
    for (let t = 0; t < tokens; t++) {
      let total = 0;
      for (let i = 0; i < probabilities.length; i++) total += weights[i] * probabilities[i][t];
      // A token that every model excludes says nothing about the weights.
      if (total === 0) continue;
      for (let i = 0; i < probabilities.length; i++)
        responsibility[i] += (weights[i] * probabilities[i][t]) / total;
    }
    const sum = responsibility.reduce((a, b) => a + b, 0);
    if (sum === 0) return weights;
    const next = responsibility.map((value) => value / sum);
    const moved = Math.max(...next.map((value, i) => Math.abs(value - weights[i])));
    weights = next;
    if (moved <= tolerance) break;
  }
  return weights;
}

function sharedVocabularySize(models: readonly AwaitableLanguageModel[]): number {
  if (models.length === 0) throw new ArgumentError('models', 'at least one model', inWords('none'));
  const sizes = models.map((model) => model.vocabularySize);
  if (sizes.some((size) => size !== sizes[0]))
    throw new VocabularyMismatchError('models', 'one vocabulary', inWords(`sizes ${sizes.join(', ')}`));
  return sizes[0];
}

function normalized(weights: readonly number[], count: number): number[] {
  list(number({ from: 0 }))('weights', weights);
  const sum = weights.reduce((a, b) => a + b, 0);
  if (weights.length !== count || sum === 0 || !Number.isFinite(sum))
    throw new ArgumentError('weights', `${count} numbers from 0 with a positive sum`, weights);
  return weights.map((weight) => weight / sum);
}
