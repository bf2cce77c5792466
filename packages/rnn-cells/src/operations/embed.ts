import * as tf from '@tensorflow/tfjs-core';
import { ShapeMismatchError } from '../errors.js';

/**
 * Looks ids up in a table, as PyTorch's `nn.functional.embedding`.
 * @param table [V, E]
 * @param ids [N, T], row-major, each from 0 to V - 1
 * @returns [N, T, E]
 * @throws ShapeMismatchError for an id without a row, or ids that are not N T
 */
export function embed(
  table: tf.Tensor2D,
  ids: Int32Array,
  [batchSize, steps]: readonly [batchSize: number, steps: number],
): tf.Tensor3D {
  const [rows, size] = table.shape;
  if (ids.length !== batchSize * steps) {
    throw new ShapeMismatchError('ids', `${batchSize} x ${steps} numbers`, ids.length);
  }
  // tfjs reads beyond the table without a word.
  const at = ids.findIndex((id) => id < 0 || id >= rows);
  if (at >= 0) throw new ShapeMismatchError(`ids[${at}]`, `a row of the table, 0 to ${rows - 1}`, ids[at]);
  return tf.tidy(() => tf.reshape(tf.gather(table, tf.tensor1d(ids, 'int32')), [batchSize, steps, size]));
}
