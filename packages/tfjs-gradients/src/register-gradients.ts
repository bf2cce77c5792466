import {
  BatchMatMul,
  getGradient,
  getKernel,
  registerGradient,
  registerKernel,
  Unpack,
  UnsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { coreGradients } from './generated/core-gradients.js';
import { shareClonedData } from './identity-kernel.js';
import { fastMatMulGradient } from './matmul-gradient.js';
import { segmentSumKernel } from './segment-sum-kernel.js';
import { unpackGradient } from './unpack-gradient.js';

/**
 * Registers the gradient of every operation of tfjs-core that has none yet, a faster one for `matMul`, one
 * for `unstack` that knows a single piece, and on the
 * wasm backend the kernel that the gradient of `tf.gather` lacks and a `clone` that does not copy. Importing this
 * package calls it; a program that registers gradients of its own does so after the import, or, for operations
 * other than `matMul`, before.
 */
export function registerGradients(): void {
  for (const gradient of coreGradients) {
    // matMul's is replaced where it is there: bundlers may have loaded tfjs-core's own registration too.
    if (gradient.kernelName === BatchMatMul) registerGradient(fastMatMulGradient(gradient.gradFunc));
    else if (gradient.kernelName === Unpack) registerGradient(unpackGradient);
    else if (!getGradient(gradient.kernelName)) registerGradient(gradient);
  }
  if (!getKernel(UnsortedSegmentSum, 'wasm')) registerKernel(segmentSumKernel);
  shareClonedData();
}
