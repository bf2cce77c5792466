import {
  BatchMatMul,
  type GradConfig,
  getGradient,
  getKernel,
  registerGradient,
  registerKernel,
  stack,
  type Tensor,
  Unpack,
  UnsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { coreGradients } from './generated/core-gradients.js';
import { shareClonedData } from './identity-kernel.js';
import { fastMatMulGradient } from './matmul-gradient.js';
import { segmentSumKernel } from './segment-sum-kernel.js';

/**
 * The gradient of `unstack`. tfjs-core's own fails for a single piece: it stacks a list of gradients, and tfjs gives it one
 * gradient that is not in a list.
 */
const unpackGradient: GradConfig = {
  kernelName: Unpack,
  gradFunc: (dy, _saved, attributes) => {
    const pieces: Tensor[] = Array.isArray(dy) ? dy : [dy];
    return { value: () => stack(pieces, attributes.axis as number) };
  },
};

/**
 * Registers the gradient of every tfjs-core operation that has none yet, a faster gradient of `matMul`, and a gradient of
 * `unstack` that handles a single piece. On the wasm backend it also registers the kernel that the gradient of `tf.gather` lacks,
 * and a `clone` that does not copy.
 *
 * Importing this package calls it. Register gradients of your own after the import; for operations other than `matMul`,
 * before is fine too.
 */
export function registerGradients(): void {
  for (const gradient of coreGradients) {
    // Replaces matMul's gradient even where there is one: a bundler may have loaded tfjs-core's own registration.
    if (gradient.kernelName === BatchMatMul) registerGradient(fastMatMulGradient(gradient.gradFunc));
    else if (gradient.kernelName === Unpack) registerGradient(unpackGradient);
    else if (!getGradient(gradient.kernelName)) registerGradient(gradient);
  }
  if (!getKernel(UnsortedSegmentSum, 'wasm')) registerKernel(segmentSumKernel);
  shareClonedData();
}
