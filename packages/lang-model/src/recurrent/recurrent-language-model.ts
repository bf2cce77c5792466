import type { Parameter, TokenBatch, TrainableModel } from '@throughtime/contract';
import {
  ArgumentError,
  callback,
  checkOptions,
  number,
  type OptionChecks,
  oneOf,
  required,
  whole,
  withMethods,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { type EngineOptimizerBackend, type Initializer, zeroState } from '@throughtime/rnn-cells';
import { type Vocabulary, vocabularyCheck } from '@throughtime/text-preprocess';
import type { Engine } from '@throughtime/wasm-kernels';
import { requireTokens } from '../checks.js';
import { VocabularyMismatchError } from '../errors.js';
import type { BatchLanguageModel, ModelWithOutput } from '../language-model.js';
import { choosePath, type ModelPath, modelPaths } from './choose-path.js';
import type {
  Executor,
  LanguageStepOptions,
  LanguageStepResult,
  RecurrentModelState,
  SequenceScores,
} from './executor.js';
import { architectureChecks, type ModelPlan, planModel, type RecurrentModelConfig } from './model-config.js';
import { modelParameters } from './model-parameters.js';

export interface RecurrentLanguageModelOptions extends Omit<RecurrentModelConfig, 'vocabularySize'> {
  /** What the ids mean; kept with the model. Give this or `vocabularySize`. */
  readonly vocabulary?: Vocabulary;
  /** V, for ids without a vocabulary. */
  readonly vocabularySize?: number;
  /** The source of the initial weights. */
  readonly random: Random;
  /** How weights start. Default: as PyTorch, uniform in +-1/sqrt(size). */
  readonly initializer?: Initializer;
  /** An LSTM's initial forget bias. Default: as the initializer leaves it; Jozefowicz et al. 2015 advise 1. */
  readonly forgetBias?: number;
  /** What computes. Default: fused where the engine runs and knows the architecture. */
  readonly path?: ModelPath;
  /** Whose memory and threads the fused path uses. Default: the one that all share. */
  readonly engine?: Engine;
}

const modelChecks: OptionChecks<RecurrentLanguageModelOptions> = {
  vocabulary: vocabularyCheck,
  vocabularySize: whole({ from: 1 }),
  ...architectureChecks,
  random: required(randomSource),
  initializer: callback,
  forgetBias: number(),
  path: oneOf(modelPaths),
  engine: withMethods<Engine>('an Engine', ['allOrNothing']),
};

/** Predictions of a single call of `score` at most; bounds the memory for its logits [T, V]. */
const scoredLogits = 1 << 20;

/**
 * A recurrent network that predicts the next token: embedding, RNN, GRU or LSTM layers, decoder.
 *
 *     x_t = E[token_t]      h_t = cell(x_t, h_(t-1))      p(token_(t+1) | token_1..t) = softmax(W h_t + b)
 *
 * It is a {@link LanguageModel} (one text: state of one row), advances many texts at once, and is what the trainer of
 * `@throughtime/bptt-trainer` trains. States are plain data: carrying one to the next chunk detaches it, keeping one is
 * copying it, nothing needs disposing. Before the first token the state is zero, and the prediction is the decoder's bias alone.
 *
 * Computes in the engine of `@throughtime/wasm-kernels`, or, with `path: 'reference'` and for architectures that the engine does
 * not know, in plain tfjs ops, for which a tfjs backend must be set.
 */
export class RecurrentLanguageModel
  implements
    ModelWithOutput<RecurrentModelState>,
    BatchLanguageModel<RecurrentModelState>,
    TrainableModel<TokenBatch, RecurrentModelState>
{
  /** V */
  readonly vocabularySize: number;
  readonly vocabulary: Vocabulary | undefined;
  /** The architecture; with the parameters, all there is to save. */
  readonly config: RecurrentModelConfig;
  /** Named as PyTorch's: `embedding.weight`, `rnn.weight_ih_l0`, ..., `decoder.weight` [V, O], `decoder.bias` [V]. */
  readonly parameters: readonly Parameter[];
  /** What computes. */
  readonly path: ModelPath;
  /** For the trainer: norms and updates where the parameters lie. */
  readonly optimizerBackend?: EngineOptimizerBackend;
  /** Uncommon step options that the trainer may use; the second one takes the reference path. */
  readonly capabilities = ['overlapping-windows', 'recurrent-gradient-scale'] as const;
  readonly #plan: ModelPlan;
  readonly #executor: Executor;

  /** @throws ArgumentError naming the option that cannot be */
  constructor(options: RecurrentLanguageModelOptions) {
    checkOptions<RecurrentLanguageModelOptions>(options, modelChecks);
    const { vocabulary, vocabularySize, random, initializer, forgetBias, path, engine, ...architecture } =
      options;
    this.vocabularySize = sizeOf(vocabulary, vocabularySize);
    this.vocabulary = vocabulary;
    this.config = { vocabularySize: this.vocabularySize, ...architecture };
    this.#plan = planModel(this.config);
    const chosen = choosePath(this.#plan, path, engine);
    this.path = chosen.path;
    if (chosen.optimizerBackend) this.optimizerBackend = chosen.optimizerBackend;
    this.parameters = modelParameters(this.#plan, {
      random,
      allocator: chosen.allocator,
      ...(initializer && { initializer }),
      ...(forgetBias !== undefined && { forgetBias }),
    });
    this.#executor = chosen.executor(this.parameters);
  }

  /** Zeros, for one text or a batch of them. */
  initialState(batchSize = 1): RecurrentModelState {
    return {
      layers: this.#plan.stacks.flatMap(({ config }) => zeroState(config, batchSize)),
      output: new Float32Array(batchSize * this.#plan.outputSize),
    };
  }

  advance(state: RecurrentModelState, token: number): RecurrentModelState {
    return this.advanceBatch(state, Int32Array.of(token));
  }

  advanceBatch(state: RecurrentModelState, tokens: Int32Array): RecurrentModelState {
    requireTokens(tokens, this.vocabularySize);
    return this.#executor.advance(tokens, state);
  }

  logProbabilities(state: RecurrentModelState): Float32Array {
    return this.#executor.logProbabilities(state.output);
  }

  logProbabilitiesBatch(state: RecurrentModelState): Float32Array {
    return this.#executor.logProbabilities(state.output);
  }

  /** The top layer's output, [O]: what the next token is predicted from. */
  output(state: RecurrentModelState): Float32Array {
    return state.output;
  }

  score(ids: Int32Array, state: RecurrentModelState = this.initialState()): Float64Array {
    requireTokens(ids, this.vocabularySize);
    const scores = new Float64Array(ids.length);
    if (ids.length === 0) return scores;
    scores[0] = this.logProbabilities(state)[ids[0]];
    const most = Math.min(512, Math.max(1, Math.floor(scoredLogits / this.vocabularySize)));
    let current = state;
    for (let from = 0; from + 1 < ids.length; from += most) {
      const to = Math.min(from + most, ids.length - 1);
      const batch = {
        inputs: ids.subarray(from, to),
        targets: ids.subarray(from + 1, to + 1),
        batchSize: 1,
        steps: to - from,
      };
      const scored = this.#executor.score(batch, current);
      scores.set(scored.logProbabilities, from + 1);
      current = scored.state;
    }
    return scores;
  }

  /** Natural log-probability of each target of a batch, [N, T], without dropout, and the state after it. */
  scoreBatch(batch: TokenBatch, state: RecurrentModelState): SequenceScores {
    requireTokens(batch.inputs, this.vocabularySize);
    requireTokens(batch.targets, this.vocabularySize);
    return this.#executor.score(batch, state);
  }

  /** For the trainer: one chunk forward and backward; overwrites every parameter's gradient. */
  lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): LanguageStepResult {
    // Not a table of options: this is called for every update.
    randomSource('random', options?.random);
    requireTokens(batch.inputs, this.vocabularySize);
    requireTokens(batch.targets, this.vocabularySize);
    return this.#executor.lossAndGradients(batch, state, options);
  }

  /** For the trainer: one chunk forward, without dropout. */
  evaluate(batch: TokenBatch, state: RecurrentModelState): LanguageStepResult {
    const { logProbabilities, state: after } = this.scoreBatch(batch, state);
    const predictions = batch.lengths
      ? batch.lengths.reduce((sum, length) => sum + length, 0)
      : logProbabilities.length;
    const loss = -logProbabilities.reduce((sum, value) => sum + value, 0) / Math.max(1, predictions);
    return { loss, predictions, state: after };
  }
}

function sizeOf(vocabulary: Vocabulary | undefined, vocabularySize: number | undefined): number {
  if (vocabulary && vocabularySize !== undefined && vocabulary.size !== vocabularySize)
    throw new VocabularyMismatchError(
      'vocabularySize',
      `${vocabulary.size}, the vocabulary's size`,
      vocabularySize,
    );
  const size = vocabulary?.size ?? vocabularySize;
  if (size === undefined) throw new ArgumentError('vocabulary', 'a vocabulary, or vocabularySize', undefined);
  return size;
}
