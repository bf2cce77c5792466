import {
  type Awaitable,
  type AwaitableSteps,
  type Parameter,
  ready,
  runSteps,
  type TokenBatch,
  type TrainableModel,
  whenReady,
} from '@throughtime/contract';
import {
  ArgumentError,
  callback,
  checkOptions,
  inWords,
  number,
  type OptionChecks,
  required,
  whole,
  withMethods,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import {
  chooseExecution,
  type EngineOptimizerBackend,
  type ExecutionPath,
  executionPath,
  type Initializer,
  zeroState,
} from '@throughtime/rnn-cells';
import { type Vocabulary, vocabularyCheck } from '@throughtime/text-preprocess';
import type { Engine } from '@throughtime/wasm-kernels';
import { requireTokens, tokenIds, tokenSequence } from '../checks.js';
import { TokenOutOfRangeError, VocabularyMismatchError } from '../errors.js';
import type { BatchLanguageModel, ModelWithOutput } from '../language-model.js';
import { EngineExecutor, engineObstacle } from './engine-executor.js';
import type {
  Executor,
  LanguageStepOptions,
  LanguageStepResult,
  RecurrentModelState,
  SequenceScores,
} from './executor.js';
import {
  architectureChecks,
  type RecurrentModelConfig,
  type ResolvedModelConfig,
  resolveModelConfig,
} from './model-config.js';
import { modelParameters } from './model-parameters.js';
import { ReferenceExecutor } from './reference-executor.js';
import { requireState, requireStepOptions, requireTokenBatch } from './token-batch-check.js';
import { roundToInt8, type WeightForm, weightForm } from './weight-form.js';

/** The architecture, the vocabulary, and what computes. */
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
  /**
   * 'fused': the WebAssembly engine of `@throughtime/wasm-kernels`, tens of times faster; every cell. 'reference': plain
   * tfjs operations; every architecture. Default: fused where the engine runs and knows the architecture.
   */
  readonly path?: ExecutionPath;
  /** Whose memory and threads the fused path uses. Default: the one that all share. */
  readonly engine?: Engine;
  /**
   * 'int8': matrices are rounded to a byte for each weight, for evaluation and generation alone; `quantizeModel` makes such a model of
   * a trained one. Default 'float32'.
   */
  readonly weights?: WeightForm;
}

const modelChecks: OptionChecks<RecurrentLanguageModelOptions> = {
  vocabulary: vocabularyCheck,
  vocabularySize: whole({ from: 1 }),
  ...architectureChecks,
  random: required(randomSource),
  initializer: callback,
  forgetBias: number(),
  path: executionPath,
  engine: withMethods<Engine>('an Engine', ['allOrNothing']),
  weights: weightForm,
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
 * Computes in the engine of `@throughtime/wasm-kernels`, and then every call answers at once. With `path: 'reference'`, and for
 * architectures that the engine does not know, it computes in plain tfjs operations on the backend that is set, and calls answer by
 * promises. `await` takes both. tfjs is loaded when it is first needed; a bundle needs `import '@throughtime/lang-model/tfjs'`.
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
  readonly path: ExecutionPath;
  /** How weights are kept. With 'int8' the matrices of `parameters` have what their bytes stand for, and are not to be changed. */
  readonly weights: WeightForm;
  /** On the fused path: what computes, and in whose memory the parameters lie. */
  readonly engine?: Engine;
  /** For the trainer: norms and updates where the parameters lie. */
  readonly optimizerBackend?: EngineOptimizerBackend;
  /** Uncommon step options that the trainer may use. */
  readonly capabilities = ['overlapping-windows', 'recurrent-gradient-scale'] as const;
  readonly #model: ResolvedModelConfig;
  readonly #executor: Executor;

  /** @throws ArgumentError naming the option that cannot be */
  constructor(options: RecurrentLanguageModelOptions) {
    checkOptions<RecurrentLanguageModelOptions>(options, modelChecks);
    const { vocabulary, vocabularySize, random, initializer, forgetBias, path, engine, ...rest } = options;
    const { weights = 'float32', ...architecture } = rest;
    this.weights = weights;
    this.vocabularySize = sizeOf(vocabulary, vocabularySize);
    this.vocabulary = vocabulary;
    this.config = { vocabularySize: this.vocabularySize, ...architecture };
    this.#model = resolveModelConfig(this.config);
    const execution = chooseExecution({ path, engine, obstacle: engineObstacle(this.#model) });
    this.path = execution.path;
    this.parameters = modelParameters(this.#model, {
      random,
      allocator: execution.allocator,
      ...(initializer && { initializer }),
      ...(forgetBias !== undefined && { forgetBias }),
    });
    if (weights === 'int8') roundToInt8(this.parameters);
    if (execution.path === 'fused') {
      this.engine = execution.engine;
      this.optimizerBackend = execution.optimizerBackend;
      this.#executor = new EngineExecutor(execution.engine, this.#model, this.parameters, weights);
    } else {
      this.#executor = new ReferenceExecutor(this.#model, this.parameters);
    }
  }

  /** Zeros, for one text or a batch of them. */
  initialState(batchSize = 1): RecurrentModelState {
    return {
      layers: this.#model.stacks.flatMap(({ config }) => zeroState(config, batchSize)),
      output: new Float32Array(batchSize * this.#model.outputSize),
    };
  }

  advance(state: RecurrentModelState, token: number): Awaitable<RecurrentModelState> {
    // An Int32Array would cut 1.5 down to 1.
    if (!Number.isInteger(token)) throw new TokenOutOfRangeError(token, 0, this.vocabularySize, 'tokens');
    return this.advanceBatch(state, Int32Array.of(token));
  }

  advanceBatch(state: RecurrentModelState, tokens: Int32Array): Awaitable<RecurrentModelState> {
    requireTokens(tokenSequence('tokens', tokens), this.vocabularySize, 'tokens');
    return this.#executor.advance(tokenIds('tokens', tokens), state);
  }

  logProbabilities(state: RecurrentModelState): Awaitable<Float32Array> {
    return this.#executor.logProbabilities(state.output);
  }

  logProbabilitiesBatch(state: RecurrentModelState): Awaitable<Float32Array> {
    return this.#executor.logProbabilities(state.output);
  }

  /** The top layer's output, [O]: what the next token is predicted from. */
  output(state: RecurrentModelState): Float32Array {
    return state.output;
  }

  score(ids: ArrayLike<number>, state: RecurrentModelState = this.initialState()): Awaitable<Float64Array> {
    requireTokens(tokenSequence('ids', ids), this.vocabularySize);
    return runSteps(this.#score(tokenIds('ids', ids), state));
  }

  /**
   * Natural log-probability of each target of a batch, [N, T], without dropout, and the state after it.
   * @throws ArgumentError naming the part of the batch or of the state that does not fit; TokenOutOfRangeError
   */
  scoreBatch(batch: TokenBatch, state: RecurrentModelState): Awaitable<SequenceScores> {
    requireTokenBatch(batch, this.vocabularySize);
    requireState(state, this.#model, batch.batchSize);
    return this.#executor.score(batch, state);
  }

  /**
   * Says whether the weights can be trained, before anything is prepared for it.
   * @throws ArgumentError for a model with int8 weights
   */
  requireTrainable(): void {
    if (this.weights !== 'int8') return;
    const expected = 'a model with float32 weights, for a byte is too coarse for what an update changes';
    throw new ArgumentError('model', expected, inWords('one with int8 weights'));
  }

  /**
   * For the trainer: one chunk forward and backward; overwrites every parameter's gradient.
   * @throws ArgumentError naming the part of the batch or of the state, or the option, that does not fit; TokenOutOfRangeError
   */
  lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): Awaitable<LanguageStepResult> {
    this.requireTrainable();
    // Not a table of options: this is called for every update.
    randomSource('random', options?.random);
    requireTokenBatch(batch, this.vocabularySize);
    requireState(state, this.#model, batch.batchSize);
    requireStepOptions(options, batch.steps);
    return this.#executor.lossAndGradients(batch, state, options);
  }

  /**
   * For the trainer: one chunk forward, without dropout.
   * @throws ArgumentError naming the part of the batch or of the state that does not fit; TokenOutOfRangeError
   */
  evaluate(batch: TokenBatch, state: RecurrentModelState): Awaitable<LanguageStepResult> {
    return whenReady(this.scoreBatch(batch, state), ({ logProbabilities, state: after }) => {
      const predictions = batch.lengths
        ? batch.lengths.reduce((sum, length) => sum + length, 0)
        : logProbabilities.length;
      const loss = -logProbabilities.reduce((sum, value) => sum + value, 0) / Math.max(1, predictions);
      return { loss, predictions, state: after };
    });
  }

  *#score(ids: Int32Array, state: RecurrentModelState): AwaitableSteps<Float64Array> {
    const scores = new Float64Array(ids.length);
    if (ids.length === 0) return scores;
    scores[0] = (yield* ready(this.logProbabilities(state)))[ids[0]];
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
      const scored = yield* ready(this.#executor.score(batch, current));
      scores.set(scored.logProbabilities, from + 1);
      current = scored.state;
    }
    return scores;
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
