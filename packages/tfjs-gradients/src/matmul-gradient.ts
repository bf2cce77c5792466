import type { GradConfig, GradFunc, Tensor } from '@tensorflow/tfjs-core';
import { BatchMatMul, getBackend, matMul, transpose, util } from '@tensorflow/tfjs-core';
import { shareClonedData } from './identity-kernel.js';

/**
 * The gradient of `matMul`, made fast on the wasm backend.
 *
 * That backend multiplies with SIMD only when neither factor is transposed and there is one matrix on either side; every other
 * product is a scalar loop. Both products of the usual gradient are transposed. So we transpose the factor first and then
 * multiply plainly, which is 3 to 50 times faster (README, "Measured"). Other backends and batches of matrices use
 * `general`, tfjs-core's own gradient.
 */
export function fastMatMulGradient(general: GradFunc): GradConfig {
  return {
    kernelName: BatchMatMul,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved, attributes) => {
      const [a, b] = saved;
      const plain = getBackend() === 'wasm' && isOneMatrix(a) && isOneMatrix(b);
      if (!plain || Array.isArray(dy)) return general(dy, saved, attributes);
      shareClonedData();

      // y = A B, where A is a or its transpose and B is b or its transpose: dA = dy B^T and dB = A^T dy.
      const { transposeA, transposeB } = attributes;
      // Outside the thunk, because tfjs frees a thunk's own tensors when it returns: all steps of a recurrence share this one.
      const factor = transposeA === transposeB ? sharedTranspose(b) : b;
      return {
        a: () => (transposeA ? matMul(factor, swap(dy)) : matMul(dy, factor)),
        b: () =>
          transposeB ? matMul(swap(dy), transposeA ? swap(a) : a) : matMul(transposeA ? a : swap(a), dy),
      };
    },
  };
}

/**
 * Transposes of the current backward pass, by the data they were made from. A recurrent weight is a factor at every time step;
 * here it is transposed once, and the backend packs the result once.
 */
const transposes = new WeakMap<object, Tensor>();

function sharedTranspose(matrix: Tensor): Tensor {
  const known = transposes.get(matrix.dataId);
  // tfjs frees what a backward pass made when the pass ends, so no entry outlives the data it was made from.
  if (known && !known.isDisposed && util.arraysEqual(known.shape, swapLast(matrix.shape))) return known;
  const made = swap(matrix);
  transposes.set(matrix.dataId, made);
  return made;
}

/** The transpose: the last two axes exchanged. */
function swap(matrix: Tensor): Tensor {
  return transpose(matrix, swapLast(matrix.shape.map((_, axis) => axis)));
}

function swapLast(values: readonly number[]): number[] {
  return [...values.slice(0, -2), ...values.slice(-2).reverse()];
}

function isOneMatrix(tensor: Tensor): boolean {
  return tensor.shape.slice(0, -2).every((size) => size === 1);
}
