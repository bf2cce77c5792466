import * as tf from '@tensorflow/tfjs-core';
import { linearMap } from '../cells/linear.js';
import { MissingWeightError, ShapeMismatchError } from '../errors.js';
import type { AttentionKind } from '../parameters/operation-parameters.js';
import { insideMask } from './inside-mask.js';

/** What is attended to. */
export interface AttentionMemory {
  /** [N, S, K] */
  readonly keys: tf.Tensor3D;
  /** [N, S, E]. Default: the keys. */
  readonly values?: tf.Tensor3D | undefined;
  /** [N], how many of the S places of each row count. Default: all. */
  readonly lengths?: Int32Array | undefined;
}

// A type, not an interface: `tf.tidy` accepts it as what a function returns.
/** What {@link attend} gives for N sequences of T queries. */
export type Attended = {
  /** The values' mean by the weights, [N, T, E]; 0 where a row has no place that counts. */
  readonly context: tf.Tensor3D;
  /** [N, T, S], how much each query looks at each place: 0 or more, 1 in sum, 0 beyond a row's length. */
  readonly weights: tf.Tensor3D;
};

/**
 * Attention of queries q to keys k, with weights softmax(score) over the places:
 *
 *     score(q, k) = v . tanh(W_q q + W_k k)    additive (Bahdanau et al. 2015; the D2L chapter)
 *     score(q, k) = q . W k                    multiplicative (Luong et al. 2015, "general")
 *
 * Call it once for a memory, and what it returns for each set of queries: the keys' product is computed once.
 * @param weights `weight_query` [A, Q], `weight_key` [A, K] and `weight_score` [1, A]; or `weight` [Q, K]
 * @returns a function of queries [N, T, Q]
 * @throws MissingWeightError, ShapeMismatchError
 */
export function attend(
  kind: AttentionKind,
  weights: ReadonlyMap<string, tf.Tensor>,
  { keys, values = keys, lengths }: AttentionMemory,
): (queries: tf.Tensor3D) => Attended {
  const [batchSize, places] = keys.shape;
  if (values.shape[0] !== batchSize || values.shape[1] !== places) {
    throw new ShapeMismatchError('values', `[${batchSize}, ${places}, E], as the keys`, values.shape);
  }
  const inside = lengths && insideMask(lengths, [batchSize, places]);
  const score = kind === 'additive' ? additive(weights, keys) : multiplicative(weights, keys);
  return (queries) =>
    tf.tidy(() => {
      const mixture = masked(score(queries), inside);
      return { context: tf.matMul(mixture, values) as tf.Tensor3D, weights: mixture };
    });
}

/** From queries [N, T, Q] to scores [N, T, S]. */
type Score = (queries: tf.Tensor3D) => tf.Tensor3D;

function additive(weights: ReadonlyMap<string, tf.Tensor>, keys: tf.Tensor3D): Score {
  const fromQuery = linearMap({ weight: weightOf(weights, 'weight_query') });
  const fromHidden = linearMap({ weight: weightOf(weights, 'weight_score') });
  const ofKeys = linearMap({ weight: weightOf(weights, 'weight_key') })(keys);
  const [batchSize, places, size] = ofKeys.shape;
  const keysByQuery = tf.reshape(ofKeys, [batchSize, 1, places, size]);
  return (queries) => {
    const [rows, steps] = queries.shape;
    const ofQueries = tf.reshape(fromQuery(queries), [rows, steps, 1, size]);
    const scores = fromHidden(tf.tanh(tf.add(ofQueries, keysByQuery)));
    return tf.reshape(scores, [rows, steps, places]);
  };
}

function multiplicative(weights: ReadonlyMap<string, tf.Tensor>, keys: tf.Tensor3D): Score {
  const weight = weightOf(weights, 'weight');
  // Transposed once for all queries: the wasm backend multiplies by a transposed factor many times more slowly.
  const ofKeys = tf.transpose(linearMap({ weight })(keys), [0, 2, 1]);
  return (queries) => tf.matMul(queries, ofKeys) as tf.Tensor3D;
}

/** Softmax over the places that count. */
function masked(scores: tf.Tensor3D, inside: tf.Tensor3D | undefined): tf.Tensor3D {
  if (!inside) return tf.softmax(scores);
  const [batchSize, places] = inside.shape;
  const counts = tf.reshape(inside, [batchSize, 1, places]);
  // A finite number: a row without any place would give NaN at minus infinity.
  const least = tf.mul(tf.sub(1, counts), -1e30);
  return tf.mul(tf.softmax(tf.add(tf.mul(scores, counts), least) as tf.Tensor3D), counts);
}

function weightOf(weights: ReadonlyMap<string, tf.Tensor>, name: string): tf.Tensor2D {
  const weight = weights.get(name);
  if (!weight) throw new MissingWeightError(name, weights.keys());
  return weight as tf.Tensor2D;
}
