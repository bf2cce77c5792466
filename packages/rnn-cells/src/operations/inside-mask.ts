import * as tf from '@tensorflow/tfjs-core';
import { ShapeMismatchError } from '../errors.js';

/**
 * 1 within each row's length and 0 beyond, [N, T, 1].
 * @throws ShapeMismatchError for lengths that are not N whole numbers from 0 to T
 */
export function insideMask(
  lengths: Int32Array,
  [batchSize, steps]: readonly [batchSize: number, steps: number],
): tf.Tensor3D {
  checkLengths(lengths, batchSize, steps);
  const inside = new Float32Array(batchSize * steps);
  for (const [row, length] of lengths.entries()) inside.fill(1, row * steps, row * steps + length);
  return tf.tensor3d(inside, [batchSize, steps, 1]);
}

/** @throws ShapeMismatchError for lengths that are not N whole numbers from 0 to T */
export function checkLengths(lengths: Int32Array, batchSize: number, steps: number): void {
  if (lengths.length !== batchSize) {
    throw new ShapeMismatchError('lengths', `${batchSize} numbers, one per row`, lengths.length);
  }
  for (const [row, length] of lengths.entries()) {
    if (!Number.isInteger(length) || length < 0 || length > steps) {
      throw new ShapeMismatchError(`lengths[${row}]`, `a whole number from 0 to ${steps}, the steps`, length);
    }
  }
}
