import * as tf from '@tensorflow/tfjs-core';
import type {
  AwaitableLanguageModel,
  LayerState,
  PairBatch,
  Parameter,
  StepOptions,
  StepResult,
  TrainableModel,
} from '@throughtime/contract';
import {
  ArgumentError,
  boolean,
  checkOptions,
  type OptionChecks,
  oneOf,
  probability,
  required,
  whole,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import {
  arrayAllocator,
  attentionParameters,
  drawMasks,
  embeddingParameters,
  linearParameters,
  type RecurrentMasks,
  type ResolvedConfig,
  recurrentParameters,
  resolveConfig,
  zeroState,
} from '@throughtime/rnn-cells';
import {
  attend,
  computeArrays,
  embed,
  flatState,
  lossAndGradients,
  maskedCrossEntropy,
  parameterTensors,
  shapedState,
  stateTensors,
  unroll,
} from '@throughtime/rnn-cells/tfjs';
import { checkLabels } from './check-labels.js';
import { checkRows } from './check-rows.js';
import { type Counted, countedSteps } from './counted.js';
import {
  defaultSize,
  recurrentConfig,
  recurrentOptionChecks,
  type TaskModelOptions,
  type TaskNetworkOptions,
} from './recurrent-options.js';
import { linearPart, partOf, type Weights } from './weights.js';

/** An encoder of sources and a decoder of targets. Plain data, fit for JSON. */
export interface EncoderDecoderConfig extends TaskNetworkOptions {
  /** Tokens of sources are 0 to this, exclusive. */
  readonly sourceVocabularySize: number;
  /** V: tokens of targets are 0 to V - 1, those that mark start and end among them. */
  readonly targetVocabularySize: number;
  /** Whether the encoder reads from both ends. Default: true. */
  readonly bidirectional?: boolean;
  /**
   * How the decoder looks at the source: 'additive' (Bahdanau et al. 2015) or 'multiplicative' (Luong et al. 2015), both after its
   * recurrent layers; 'none' leaves it with the encoder's last state (Sutskever et al. 2014). Default 'additive'.
   */
  readonly attention?: 'additive' | 'multiplicative' | 'none';
}

const size = required(whole({ from: 1 }));

export const encoderDecoderChecks: OptionChecks<EncoderDecoderConfig> = {
  ...recurrentOptionChecks,
  sourceVocabularySize: size,
  targetVocabularySize: size,
  bidirectional: boolean,
  attention: oneOf(['additive', 'multiplicative', 'none']),
};

/** Sources alone, as batches have them. */
export type Sources = Pick<PairBatch, 'batchSize' | 'sources' | 'sourceSteps' | 'sourceLengths'>;

/** What an encoder has read: plain data. */
export interface Memory {
  /** N */
  readonly batchSize: number;
  /** Its outputs, [N, S, K]. */
  readonly keys: Float32Array;
  /** S */
  readonly places: number;
  /** [N] */
  readonly lengths: Int32Array;
  /** What the decoder starts from, one entry per layer. */
  readonly start: readonly LayerState[];
}

/** Where N rows of a decoder stand after a step: plain data. */
export interface DecoderStep {
  /** One entry per layer. */
  readonly layers: readonly LayerState[];
  /** Natural log-probabilities of the next token, [N, V]. */
  readonly logProbabilities: Float32Array;
  /** How much the step looked at each place of the source, [N, S]; empty without attention. */
  readonly attention: Float32Array;
}

/** Where targets start and end, and how they are searched for. */
export interface TranslateOptions {
  /** The token that targets start with. */
  readonly start: number;
  /** The token that ends a target. */
  readonly end: number;
  /** The most tokens of a target, its end not counted. */
  readonly length: number;
}

const translateChecks: OptionChecks<TranslateOptions> = {
  start: required(whole({ from: 0 })),
  end: required(whole({ from: 0 })),
  length: size,
};

/** What one source became. */
export interface Translation {
  /** Without the marks of start and end. */
  readonly tokens: readonly number[];
  /** One row per token, the end among them where it was reached: how much it looked at each place of the source. Empty without attention. */
  readonly attention: readonly Float32Array[];
}

/**
 * Turns one sequence into another (Sutskever et al. 2014): a recurrent encoder reads the source, a recurrent decoder with attention predicts
 * the target token by token. Train it by `BpttTrainer` on `pairBatches` of `@throughtime/datasets`; padding counts for nothing.
 * Both recurrent networks run in the engine, whole sequences at a time.
 */
export class EncoderDecoder implements TrainableModel<PairBatch, Record<string, never>> {
  readonly config: EncoderDecoderConfig;
  readonly parameters: readonly Parameter[];
  readonly #encoder: ResolvedConfig;
  readonly #decoder: ResolvedConfig;
  #teacherForcing = 1;

  /**
   * @throws ArgumentError
   */
  constructor({ random, allocator = arrayAllocator, ...config }: EncoderDecoderConfig & TaskModelOptions) {
    randomSource('random', random);
    checkOptions<EncoderDecoderConfig>(config, encoderDecoderChecks);
    this.config = config;
    const {
      sourceVocabularySize,
      targetVocabularySize,
      embeddingSize = defaultSize,
      bidirectional = true,
    } = config;
    const { attention = 'additive' } = config;
    this.#encoder = resolveConfig(recurrentConfig(config, { inputSize: embeddingSize, bidirectional }));
    this.#decoder = resolveConfig(
      recurrentConfig(config, { inputSize: embeddingSize, bidirectional: false }),
    );
    const { hiddenSize, cellState } = this.#decoder;
    const { outputSize: keySize } = this.#encoder;
    const vectors = (vocabularySize: number, prefix: string) =>
      embeddingParameters({ vocabularySize, outputSize: embeddingSize, random, allocator, prefix });
    const linear = (inputSize: number, outputSize: number, prefix: string) =>
      linearParameters({ inputSize, outputSize, random, allocator, prefix });
    this.parameters = [
      ...vectors(sourceVocabularySize, 'encoder_embedding.'),
      ...recurrentParameters(this.#encoder, { random, allocator, prefix: 'encoder.' }),
      ...(bidirectional ? linear(keySize, hiddenSize, 'bridge_h.') : []),
      ...(bidirectional && cellState ? linear(keySize, hiddenSize, 'bridge_c.') : []),
      ...vectors(targetVocabularySize, 'decoder_embedding.'),
      ...recurrentParameters(this.#decoder, { random, allocator, prefix: 'decoder.' }),
      ...(attention === 'none'
        ? []
        : [
            ...attentionParameters({
              kind: attention,
              querySize: hiddenSize,
              keySize,
              hiddenSize,
              random,
              allocator,
              prefix: 'attention.',
            }),
            ...linear(hiddenSize + keySize, hiddenSize, 'combine.'),
          ]),
      ...linear(hiddenSize, targetVocabularySize, 'output.'),
    ];
  }

  /**
   * The probability that the decoder reads the target's last token in training, rather than the one that it would have chosen itself. 1 at
   * first, which is teacher forcing; lowered from epoch to epoch it is scheduled sampling (Bengio et al. 2015). Below 1 an update takes
   * a second pass, step by step.
   */
  get teacherForcing(): number {
    return this.#teacherForcing;
  }

  /** @throws ArgumentError */
  set teacherForcing(value: number) {
    this.#teacherForcing = probability('teacherForcing', value);
  }

  /** Nothing: sequences are whole. */
  initialState(): Record<string, never> {
    return {};
  }

  /** @throws ArgumentError for a token that there is not */
  async lossAndGradients(
    batch: PairBatch,
    _state: Record<string, never>,
    { random, reduction }: StepOptions,
  ): Promise<StepResult<Record<string, never>>> {
    const { batchSize, steps, sourceSteps } = batch;
    const counted = this.#counted(batch);
    const inputs = this.#teacherForcing === 1 ? batch.inputs : await this.#ownChoices(batch, random);
    const masks: PairMasks = {
      encoder: drawMasks(this.#encoder, { batchSize, steps: sourceSteps, random }),
      decoder: drawMasks(this.#decoder, { batchSize, steps, random }),
    };
    const scale = reduction === 'sum-over-time' ? counted.predictions / batchSize : 1;
    const { read } = await lossAndGradients(this.parameters, (weights) => {
      const loss = maskedCrossEntropy(
        this.#logits(weights, { ...batch, inputs }, masks),
        batch.targets,
        counted,
      );
      return { loss: tf.mul(scale, loss), read: [loss] };
    });
    return { loss: read[0][0], predictions: counted.predictions, state: {} };
  }

  /**
   * The loss with the target's tokens read, whatever `teacherForcing` says.
   * @throws ArgumentError for a token that there is not
   */
  async evaluate(batch: PairBatch): Promise<StepResult<Record<string, never>>> {
    const counted = this.#counted(batch);
    const [[loss]] = await computeArrays(() => [
      maskedCrossEntropy(this.#logits(parameterTensors(this.parameters), batch), batch.targets, counted),
    ]);
    return { loss, predictions: counted.predictions, state: {} };
  }

  /**
   * The most probable token at each step, for N sources at once. For a search over whole targets give a {@link decoder} to `beamSearch` of
   * `@throughtime/lang-model`.
   * @throws ArgumentError
   */
  async translate(sources: Sources, options: TranslateOptions): Promise<Translation[]> {
    checkOptions<TranslateOptions>(options, translateChecks);
    const { start, end, length } = options;
    const { batchSize, sourceLengths } = sources;
    const memory = await this.encode(sources);
    const rows = Array.from({ length: batchSize }, () => ({
      tokens: [] as number[],
      attention: [] as Float32Array[],
    }));
    const open = new Set(rows.keys());
    let tokens: Int32Array = new Int32Array(batchSize).fill(start);
    let { start: layers } = memory;
    for (let t = 0; t <= length && open.size > 0; t++) {
      const step = await this.step(memory, layers, tokens);
      layers = step.layers;
      tokens = mostProbable(step.logProbabilities, batchSize);
      for (const row of open) {
        if (tokens[row] !== end && t === length) {
          open.delete(row);
          continue;
        }
        if (step.attention.length > 0) {
          const from = row * memory.places;
          rows[row].attention.push(step.attention.slice(from, from + sourceLengths[row]));
        }
        if (tokens[row] === end) open.delete(row);
        else rows[row].tokens.push(tokens[row]);
      }
    }
    return rows;
  }

  /**
   * What may follow one source, as a language model: `beamSearch`, `generate` and `evaluate` of `@throughtime/lang-model` take it.
   * @param start the token that targets start with
   * @throws ArgumentError
   */
  async decoder(
    source: ArrayLike<number>,
    { start }: Pick<TranslateOptions, 'start'>,
  ): Promise<AwaitableLanguageModel<DecoderStep>> {
    const { targetVocabularySize: vocabularySize } = this.config;
    whole({ from: 0, to: vocabularySize - 1 })('start', start);
    if (source.length < 1) throw new ArgumentError('source', 'at least 1 token', source.length);
    const token = whole({ from: 0, to: this.config.sourceVocabularySize - 1 });
    for (let i = 0; i < source.length; i++) token(`source[${i}]`, source[i]);
    const sources = Int32Array.from(source);
    const memory = await this.encode({
      batchSize: 1,
      sources,
      sourceSteps: sources.length,
      sourceLengths: Int32Array.of(sources.length),
    });
    const advance = (layers: readonly LayerState[], token: number) =>
      this.step(memory, layers, Int32Array.of(token));
    const initial = await advance(memory.start, start);
    return {
      vocabularySize,
      initialState: () => initial,
      advance: ({ layers }, token) => advance(layers, token),
      logProbabilities: ({ logProbabilities }) => logProbabilities,
    };
  }

  /** Reads sources. @throws ArgumentError where there is none, an empty one, or where sizes disagree */
  async encode(batch: Sources): Promise<Memory> {
    checkSources(batch);
    const { batchSize, sources, sourceSteps, sourceLengths } = batch;
    const [keys, ...start] = await computeArrays(() => {
      const read = { batchSize, sources, sourceSteps, sourceLengths };
      const encoded = this.#encode(parameterTensors(this.parameters), read, undefined);
      return [encoded.keys, ...flatState(encoded.start)];
    });
    const like = zeroState(this.#decoder, 0);
    return { batchSize, keys, places: sourceSteps, lengths: sourceLengths, start: shapedState(like, start) };
  }

  /** One step of the decoder: N rows read a token each. */
  async step(memory: Memory, layers: readonly LayerState[], tokens: Int32Array): Promise<DecoderStep> {
    const { batchSize, keys, places, lengths } = memory;
    const [logProbabilities, ...rest] = await computeArrays(() => {
      const given = tf.tensor3d(keys, [batchSize, places, this.#encoder.outputSize]);
      const run = this.#decode(
        parameterTensors(this.parameters),
        { keys: given, lengths, start: stateTensors(layers, batchSize) },
        { inputs: tokens, batchSize, steps: 1 },
      );
      const looked = run.attention ?? tf.zeros<tf.Rank.R1>([0]);
      return [tf.logSoftmax(run.logits), looked, ...flatState(run.state)];
    });
    const [attention, ...after] = rest;
    return { layers: shapedState(layers, after), logProbabilities, attention };
  }

  #counted({ targets, lengths, steps }: PairBatch): Counted {
    const counted = countedSteps(lengths, steps);
    checkLabels(targets, counted.weights, this.config.targetVocabularySize);
    return counted;
  }

  /** The inputs of a batch, each with what the decoder would have chosen in its place, as often as `teacherForcing` leaves it to it. */
  async #ownChoices(batch: PairBatch, random: Random): Promise<Int32Array> {
    const { batchSize, steps } = batch;
    const inputs = batch.inputs.slice();
    const memory = await this.encode(batch);
    let { start: layers } = memory;
    for (let t = 0; t + 1 < steps; t++) {
      const tokens = Int32Array.from({ length: batchSize }, (_, row) => inputs[row * steps + t]);
      const step = await this.step(memory, layers, tokens);
      layers = step.layers;
      const chosen = mostProbable(step.logProbabilities, batchSize);
      for (let row = 0; row < batchSize; row++) {
        if (random.uniform() >= this.#teacherForcing) inputs[row * steps + t + 1] = chosen[row];
      }
    }
    return inputs;
  }

  /** [N T, V] */
  #logits(weights: Weights, batch: PairBatch, masks?: PairMasks): tf.Tensor2D {
    const memory = this.#encode(weights, batch, masks?.encoder);
    return this.#decode(weights, { ...memory, lengths: batch.sourceLengths }, batch, masks?.decoder).logits;
  }

  #encode(
    weights: Weights,
    { batchSize, sources, sourceSteps, sourceLengths }: Sources,
    masks: RecurrentMasks | undefined,
  ): { keys: tf.Tensor3D; start: LayerState<tf.Tensor2D>[] } {
    const table = weights.get('encoder_embedding.weight') as tf.Tensor2D;
    const vectors = embed(table, sources, [batchSize, sourceSteps]);
    const zeros = stateTensors(zeroState(this.#encoder, batchSize), batchSize);
    const run = unroll(this.#encoder, partOf(weights, 'encoder.'), vectors, zeros, {
      lengths: sourceLengths,
      masks,
    });
    return { keys: run.outputs, start: this.#bridge(weights, run.state) };
  }

  /** From the encoder's last state to the decoder's first. Two directions become one by a map that the layers share. */
  #bridge(weights: Weights, state: readonly LayerState<tf.Tensor2D>[]): LayerState<tf.Tensor2D>[] {
    const { layers, directions } = this.#encoder;
    if (directions === 1) return [...state];
    const joined = (part: 'h' | 'c', layer: number): tf.Tensor2D =>
      tf.tanh(
        linearPart(
          weights,
          `bridge_${part}.`,
        )(tf.concat([state[2 * layer][part]!, state[2 * layer + 1][part]!], 1)),
      );
    return Array.from({ length: layers }, (_, layer) =>
      this.#encoder.cellState ? { h: joined('h', layer), c: joined('c', layer) } : { h: joined('h', layer) },
    );
  }

  #decode(
    weights: Weights,
    { keys, lengths: sourceLengths, start }: TensorMemory,
    {
      inputs,
      batchSize,
      steps,
      lengths,
    }: Pick<PairBatch, 'inputs' | 'batchSize' | 'steps'> & Partial<PairBatch>,
    masks?: RecurrentMasks,
  ): { logits: tf.Tensor2D; attention: tf.Tensor3D | undefined; state: LayerState<tf.Tensor2D>[] } {
    const table = weights.get('decoder_embedding.weight') as tf.Tensor2D;
    const vectors = embed(table, inputs, [batchSize, steps]);
    const run = unroll(this.#decoder, partOf(weights, 'decoder.'), vectors, start, { lengths, masks });
    const { attention: kind = 'additive' } = this.config;
    let { outputs } = run;
    let attention: tf.Tensor3D | undefined;
    if (kind !== 'none') {
      const look = attend(kind, partOf(weights, 'attention.'), { keys, lengths: sourceLengths });
      const looked = look(outputs);
      attention = looked.weights;
      outputs = tf.tanh(linearPart(weights, 'combine.')(tf.concat([outputs, looked.context], 2)));
    }
    const rows = tf.reshape(outputs, [batchSize * steps, this.#decoder.hiddenSize]) as tf.Tensor2D;
    return { logits: linearPart(weights, 'output.')(rows), attention, state: run.state };
  }
}

interface PairMasks {
  readonly encoder: RecurrentMasks | undefined;
  readonly decoder: RecurrentMasks | undefined;
}

interface TensorMemory {
  readonly keys: tf.Tensor3D;
  readonly lengths: Int32Array;
  readonly start: readonly LayerState<tf.Tensor2D>[];
}

function checkSources({ batchSize, sources, sourceSteps, sourceLengths }: Sources): void {
  checkRows(
    { batchSize, steps: sourceSteps, ids: sources, lengths: sourceLengths },
    { steps: 'sourceSteps', ids: 'sources', lengths: 'sourceLengths' },
  );
}

/** Of each row of log-probabilities [N, V]. */
function mostProbable(logProbabilities: Float32Array, batchSize: number): Int32Array {
  const V = logProbabilities.length / batchSize;
  return Int32Array.from({ length: batchSize }, (_, row) => {
    const scores = logProbabilities.subarray(row * V, (row + 1) * V);
    return scores.reduce((best, score, token) => (score > scores[best] ? token : best), 0);
  });
}
