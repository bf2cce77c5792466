import * as tf from '@tensorflow/tfjs-core';
import type { LabeledBatch, Parameter, StepOptions, StepResult, TrainableModel } from '@throughtime/contract';
import { boolean, checkOptions, type OptionChecks, oneOf, required, whole } from '@throughtime/errors';
import { randomSource } from '@throughtime/random';
import {
  arrayAllocator,
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
  computeArrays,
  embed,
  lossAndGradients,
  maskedCrossEntropy,
  maxPool,
  meanPool,
  parameterTensors,
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

/** What a sequence is labeled with, and by what network. Plain data, fit for JSON. */
export interface SequenceLabelerConfig extends TaskNetworkOptions {
  /** 'classification': one label per sequence. 'tagging': one per token. */
  readonly task: 'classification' | 'tagging';
  /** V: tokens are 0 to V - 1. */
  readonly vocabularySize: number;
  /** How many labels there are: 0 to this, exclusive. */
  readonly classes: number;
  /** Reads from both ends. Default: true, for the whole sequence is there before a label is wanted. */
  readonly bidirectional?: boolean;
  /**
   * How a sequence becomes one vector for its label: the state after its last step (of the second direction: its first), the mean or the
   * maximum over its steps. Default 'mean', which a word in the middle reaches as easily as the last. Not for tagging.
   */
  readonly pooling?: 'last' | 'mean' | 'max';
}

const size = required(whole({ from: 1 }));

export const sequenceLabelerChecks: OptionChecks<SequenceLabelerConfig> = {
  ...recurrentOptionChecks,
  task: required(oneOf(['classification', 'tagging'])),
  vocabularySize: size,
  classes: size,
  bidirectional: boolean,
  pooling: oneOf(['last', 'mean', 'max']),
};

/** What a labeler says of a batch. */
export interface Labels {
  /** The most probable one: [N], or [N, T] in tagging, where padding has 0. */
  readonly labels: Int32Array;
  /** [N, classes], or [N, T, classes] in tagging. */
  readonly probabilities: Float32Array;
}

/**
 * Classifies sequences of tokens, or tags each of their tokens: an embedding, a recurrent network, pooling, a linear map, softmax. Train it
 * by `BpttTrainer` on `labeledBatches` of `@throughtime/datasets`. Parameters: `embedding.weight`, `rnn.*`, `head.weight`, `head.bias`.
 *
 * @example
 * ```ts
 * import { Random } from '@throughtime/random';
 * import { SequenceLabeler } from '@throughtime/sequence-tasks/tfjs';
 * // Two classes for whole sequences of ids below 100.
 * const model = new SequenceLabeler({ task: 'classification', vocabularySize: 100, classes: 2, hiddenSize: 16, random: Random.seeded(1) });
 * ```
 */
export class SequenceLabeler implements TrainableModel<LabeledBatch, Record<string, never>> {
  readonly config: SequenceLabelerConfig;
  readonly parameters: readonly Parameter[];
  readonly #network: ResolvedConfig;

  /**
   * @throws ArgumentError
   */
  constructor({ random, allocator = arrayAllocator, ...config }: SequenceLabelerConfig & TaskModelOptions) {
    randomSource('random', random);
    checkOptions<SequenceLabelerConfig>(config, sequenceLabelerChecks);
    this.config = config;
    const { vocabularySize, classes, embeddingSize = defaultSize, bidirectional = true } = config;
    this.#network = resolveConfig(recurrentConfig(config, { inputSize: embeddingSize, bidirectional }));
    this.parameters = [
      ...embeddingParameters({
        vocabularySize,
        outputSize: embeddingSize,
        random,
        allocator,
        prefix: 'embedding.',
      }),
      ...recurrentParameters(this.#network, { random, allocator, prefix: 'rnn.' }),
      ...linearParameters({
        inputSize: this.#network.outputSize,
        outputSize: classes,
        random,
        allocator,
        prefix: 'head.',
      }),
    ];
  }

  /** Nothing: sequences are whole. */
  initialState(): Record<string, never> {
    return {};
  }

  /** @throws ArgumentError for a label or a token that there is not */
  async lossAndGradients(
    batch: LabeledBatch,
    _state: Record<string, never>,
    { random, reduction }: StepOptions,
  ): Promise<StepResult<Record<string, never>>> {
    const { batchSize, steps } = batch;
    const counted = this.#counted(batch);
    const masks = drawMasks(this.#network, { batchSize, steps, random });
    const scale = reduction === 'sum-over-time' ? counted.predictions / batchSize : 1;
    const { read } = await lossAndGradients(this.parameters, (weights) => {
      const loss = maskedCrossEntropy(this.#logits(weights, batch, masks), batch.targets, counted);
      return { loss: tf.mul(scale, loss), read: [loss] };
    });
    return { loss: read[0][0], predictions: counted.predictions, state: {} };
  }

  /** @throws ArgumentError for a label or a token that there is not */
  async evaluate(batch: LabeledBatch): Promise<StepResult<Record<string, never>>> {
    const counted = this.#counted(batch);
    const [[loss]] = await computeArrays(() => [
      maskedCrossEntropy(this.#logits(parameterTensors(this.parameters), batch), batch.targets, counted),
    ]);
    return { loss, predictions: counted.predictions, state: {} };
  }

  /**
   * Labels of sequences.
   * @throws ArgumentError for a token that there is not, or where there is no sequence
   */
  async predict(batch: Omit<LabeledBatch, 'targets'>): Promise<Labels> {
    const { batchSize, steps, inputs, lengths } = batch;
    checkRows(
      { batchSize, steps, ids: inputs, lengths },
      { steps: 'steps', ids: 'inputs', lengths: 'lengths' },
    );
    const [probabilities] = await computeArrays(() => [
      tf.softmax(this.#logits(parameterTensors(this.parameters), batch)),
    ]);
    const { classes, task } = this.config;
    const labels = new Int32Array(probabilities.length / classes);
    for (let i = 0; i < labels.length; i++) {
      if (task === 'tagging' && i % batch.steps >= batch.lengths[Math.floor(i / batch.steps)]) continue;
      for (let k = 1; k < classes; k++) {
        if (probabilities[i * classes + k] > probabilities[i * classes + labels[i]]) labels[i] = k;
      }
    }
    return { labels, probabilities };
  }

  #counted({ batchSize, steps, lengths, targets }: LabeledBatch): Counted {
    const { task, classes } = this.config;
    const counted =
      task === 'tagging'
        ? countedSteps(lengths, steps)
        : { weights: new Float32Array(batchSize).fill(1), predictions: batchSize };
    checkLabels(targets, counted.weights, classes);
    return counted;
  }

  /** [N, classes], or [N T, classes] in tagging. */
  #logits(
    weights: Weights,
    { inputs, batchSize, steps, lengths }: Omit<LabeledBatch, 'targets'>,
    masks?: RecurrentMasks,
  ): tf.Tensor2D {
    const vectors = embed(weights.get('embedding.weight') as tf.Tensor2D, inputs, [batchSize, steps]);
    const start = stateTensors(zeroState(this.#network, batchSize), batchSize);
    const run = unroll(this.#network, partOf(weights, 'rnn.'), vectors, start, { lengths, masks });
    const head = linearPart(weights, 'head.');
    const { outputSize, directions } = this.#network;
    if (this.config.task === 'tagging') return head(tf.reshape(run.outputs, [batchSize * steps, outputSize]));
    switch (this.config.pooling ?? 'mean') {
      case 'mean':
        return head(meanPool(run.outputs, lengths));
      case 'max':
        return head(maxPool(run.outputs, lengths));
      case 'last':
        return head(
          tf.concat(
            run.state.slice(-directions).map(({ h }) => h),
            1,
          ),
        );
    }
  }
}
