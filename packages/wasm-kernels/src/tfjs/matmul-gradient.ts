import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import {
  BatchMatMul,
  broadcast_util,
  getGradient,
  matMul,
  registerGradient,
  reshape,
  sum,
} from '@tensorflow/tfjs-core';

/**
 * The gradient of `matMul` as two products. Our kernels are fast in all orientations, so transposing first, as tfjs-gradients
 * does, would be wasted work. Sums over batches that were broadcast, which tfjs-core forgets.
 */
export function replaceMatMulGradient(): void {
  if (getGradient(BatchMatMul) !== gradient) registerGradient(gradient);
}

const gradient: GradConfig = {
  kernelName: BatchMatMul,
  inputsToSave: ['a', 'b'],
  gradFunc: (result, [a, b], attributes) => {
    const dy = result as Tensor;
    const { transposeA, transposeB } = attributes as { transposeA?: boolean; transposeB?: boolean };
    // y = A B, where A is a or its transpose and B is b or its transpose: dA = dy B^T and dB = A^T dy.
    return {
      a: () => sumBatch(transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB), a),
      b: () => sumBatch(transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false), b),
    };
  },
};

/** Sums over the axes along which `input` was broadcast. */
function sumBatch(gradientOfBroadcast: Tensor, input: Tensor): Tensor {
  const axes = broadcast_util.getReductionAxes(input.shape, gradientOfBroadcast.shape);
  return axes.length === 0 ? gradientOfBroadcast : reshape(sum(gradientOfBroadcast, axes), input.shape);
}
