import * as tf from '@tensorflow/tfjs-core';
import type { Parameter, StepResult, TokenBatch } from '@throughtime/contract';
import { ArgumentError, checkOptions, required, whole } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { createParameter, normal } from '@throughtime/rnn-cells';
import { computeArrays, lossAndGradients, parameterTensors } from '@throughtime/rnn-cells/tfjs';
import { requireTokenBatch } from '../recurrent/token-batch-check.js';

/**
 * The chapter's recurrent language model, written out: a page to read beside the formulas of Dive into Deep Learning,
 * "Recurrent Neural Network Implementation from Scratch". `RecurrentLanguageModel({ cell: 'rnn' })` computes the same, faster.
 *
 *     H_t = tanh(X_t W_xh + H_(t-1) W_hh + b_h)        X_t [N, V] one-hot, H_t [N, H]
 *     O_t = H_t W_hq + b_q                             O_t [N, V]
 */
export function rnnForward(
  inputs: readonly tf.Tensor2D[],
  state: tf.Tensor2D,
  { Wxh, Whh, bh, Whq, bq }: RnnWeights,
): { outputs: tf.Tensor2D[]; state: tf.Tensor2D } {
  const outputs: tf.Tensor2D[] = [];
  let H = state;
  for (const X of inputs) {
    H = tf.tanh(tf.add(tf.add(tf.matMul(X, Wxh), tf.matMul(H, Whh)), bh));
    outputs.push(tf.add(tf.matMul(H, Whq), bq));
  }
  return { outputs, state: H };
}

/** The chapter's parameters, by its names. */
export interface RnnWeights {
  /** [V, H] */
  readonly Wxh: tf.Tensor2D;
  /** [H, H] */
  readonly Whh: tf.Tensor2D;
  /** [H] */
  readonly bh: tf.Tensor1D;
  /** [H, V] */
  readonly Whq: tf.Tensor2D;
  /** [V] */
  readonly bq: tf.Tensor1D;
}

/** Mean negative log-likelihood of the targets [N, T], in nats; its exponential is the perplexity. */
export function crossEntropy(outputs: readonly tf.Tensor2D[], targets: Int32Array): tf.Scalar {
  const V = outputs[0].shape[1];
  const logits = tf.reshape(tf.stack([...outputs], 1), [-1, V]); // [N T, V], row by row as the targets
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), oneHot(targets, V)), 1)));
}

/** Ids to unit vectors. */
function oneHot(ids: Int32Array, V: number): tf.Tensor2D {
  // In integers first: tfjs's wasm backend writes wrong float32 ones.
  return tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), V), 'float32') as tf.Tensor2D;
}

/** The sizes of the model, and what its weights are drawn from. */
export interface RnnFromScratchOptions {
  /** V */
  readonly vocabularySize: number;
  /** H */
  readonly hiddenSize: number;
  /** Draws the starting weights. */
  readonly random: Random;
}

/**
 * The same as something that `BpttTrainer` trains.
 *
 * @example
 * ```ts
 * import { RnnFromScratch } from '@throughtime/lang-model/tfjs';
 * import { Random } from '@throughtime/random';
 * const model = new RnnFromScratch({ vocabularySize: 28, hiddenSize: 32, random: Random.seeded(1) });
 * ```
 */
export class RnnFromScratch {
  /** The chapter's five arrays. */
  readonly parameters: readonly Parameter[];
  readonly #vocabularySize: number;
  readonly #hiddenSize: number;

  /** Weights start normal with deviation 0.01, biases at 0, as in the chapter. */
  constructor(options: RnnFromScratchOptions) {
    checkOptions<RnnFromScratchOptions>(options, {
      vocabularySize: required(whole({ from: 1 })),
      hiddenSize: required(whole({ from: 1 })),
      random: required(randomSource),
    });
    const { vocabularySize: V, hiddenSize: H, random } = options;
    this.#vocabularySize = V;
    this.#hiddenSize = H;
    const draw = normal(0.01);
    this.parameters = [
      createParameter('Wxh', [V, H]),
      createParameter('Whh', [H, H]),
      createParameter('bh', [H]),
      createParameter('Whq', [H, V]),
      createParameter('bq', [V]),
    ];
    for (const { data, shape } of this.parameters)
      if (shape.length === 2) draw(data, { shape, role: 'input weight', hiddenSize: H, random });
  }

  /** H_0 = 0, [N, H] */
  initialState(batchSize: number): Float32Array {
    return new Float32Array(batchSize * this.#hiddenSize);
  }

  /**
   * Forward and backward through a chunk, by tfjs's automatic differentiation.
   * @throws ArgumentError naming the part of the batch that does not fit, padded rows among them; TokenOutOfRangeError
   */
  async lossAndGradients(batch: TokenBatch, state: Float32Array): Promise<StepResult<Float32Array>> {
    this.#check(batch);
    const { loss, read } = await lossAndGradients(this.parameters, (weights) => {
      const run = this.#run(weights, batch, state);
      return { loss: crossEntropy(run.outputs, batch.targets), read: [run.state] };
    });
    return { loss, predictions: batch.targets.length, state: read[0] };
  }

  /**
   * Forward only: the mean loss in nats, and the state after the chunk.
   * @throws as {@link lossAndGradients}
   */
  async evaluate(batch: TokenBatch, state: Float32Array): Promise<StepResult<Float32Array>> {
    this.#check(batch);
    const [[loss], after] = await computeArrays(() => {
      const run = this.#run(parameterTensors(this.parameters), batch, state);
      return [crossEntropy(run.outputs, batch.targets), run.state];
    });
    return { loss, predictions: batch.targets.length, state: after };
  }

  /** The chapter has no padding: a shorter row would be read to its end. */
  #check(batch: TokenBatch): void {
    requireTokenBatch(batch, this.#vocabularySize);
    const { steps, lengths } = batch;
    if (lengths?.some((length) => length < steps))
      throw new ArgumentError('lengths', `${steps} in every row, for this model knows no padding`, lengths);
  }

  #run(
    weights: ReadonlyMap<string, tf.Tensor>,
    { inputs, batchSize, steps }: TokenBatch,
    state: Float32Array,
  ) {
    const named = Object.fromEntries(weights) as unknown as RnnWeights;
    const X = tf.reshape(oneHot(inputs, named.Wxh.shape[0]), [batchSize, steps, -1]); // [N, T, V]
    return rnnForward(
      tf.unstack(X, 1) as tf.Tensor2D[],
      tf.tensor2d(state, [batchSize, this.#hiddenSize]),
      named,
    );
  }
}
