import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '@throughtime/contract';
import { linearMap } from '../cells/linear.js';
import { type Attended, type AttentionMemory, attend } from '../operations/attend.js';
import { embed } from '../operations/embed.js';
import {
  type AttentionOptions,
  attentionParameters,
  type EmbeddingOptions,
  embeddingParameters,
  type LinearOptions,
  linearParameters,
} from '../parameters/operation-parameters.js';
import { variable } from './variable.js';

/** Operations with weights that are `tf.Variable`s: `embedding()`, `dense()`, `attention()`. */
export interface OperationLayer<Apply> {
  /** By name. Assign to a variable to load a weight. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** The caller disposes what it returns, or a `tf.tidy` around it does. */
  readonly apply: Apply;
  /** Frees the variables. */
  dispose(): void;
}

/**
 * Learned vectors for ids: PyTorch's `nn.Embedding`.
 * @returns a layer from ids [N, T] to vectors [N, T, E]; it throws ShapeMismatchError for an id without a vector
 * @throws ArgumentError
 */
export function embedding(
  options: EmbeddingOptions,
): OperationLayer<(ids: Int32Array, shape: readonly [batchSize: number, steps: number]) => tf.Tensor3D> {
  return layer(
    embeddingParameters(options),
    (weights) => (ids, shape) => embed(weights.get('weight') as tf.Variable<tf.Rank.R2>, ids, shape),
  );
}

/**
 * x W^T + b over the last axis: PyTorch's `nn.Linear`.
 * @returns a layer from [..., I] to [..., O]
 * @throws ArgumentError
 */
export function dense(options: LinearOptions): OperationLayer<<T extends tf.Tensor>(x: T) => T> {
  return layer(
    linearParameters(options),
    (weights) => (x) =>
      tf.tidy(() => {
        const bias = weights.get('bias') as tf.Variable<tf.Rank.R1> | undefined;
        return linearMap({ weight: weights.get('weight') as tf.Variable<tf.Rank.R2>, ...(bias && { bias }) })(
          x,
        );
      }),
  );
}

/**
 * Attention, additive (Bahdanau et al. 2015) or multiplicative (Luong et al. 2015). `apply` takes what is attended to, and returns a
 * function from queries [N, T, Q] to the context [N, T, E] and the weights [N, T, S].
 * @throws ArgumentError
 */
export function attention(
  options: AttentionOptions,
): OperationLayer<(memory: AttentionMemory) => (queries: tf.Tensor3D) => Attended> {
  return layer(attentionParameters(options), (weights) => (memory) => attend(options.kind, weights, memory));
}

function layer<Apply>(
  parameters: readonly Parameter[],
  apply: (weights: ReadonlyMap<string, tf.Variable>) => Apply,
): OperationLayer<Apply> {
  const weights = new Map(parameters.map(({ name, shape, data }) => [name, variable(data, shape)]));
  return { weights, apply: apply(weights), dispose: () => tf.dispose([...weights.values()]) };
}
