import {
  BatchMatMul,
  type GradConfig,
  getGradient,
  getKernel,
  logicalNot,
  registerGradient,
  registerKernel,
  Select,
  stack,
  type Tensor,
  Unpack,
  UnsortedSegmentSum,
  where,
  zerosLike,
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
 * The gradient of `where`. tfjs-core's own multiplies by 0 where a value was not chosen, so that a gradient of NaN or infinity
 * there becomes NaN. Here it is 0, as in TensorFlow.
 */
const selectGradient: GradConfig = {
  kernelName: Select,
  inputsToSave: ['condition'],
  gradFunc: (dy, [condition]) => {
    const gradient = Array.isArray(dy) ? dy[0] : dy;
    return {
      condition: () => zerosLike(gradient),
      t: () => where(condition, gradient, zerosLike(gradient)),
      e: () => where(logicalNot(condition), gradient, zerosLike(gradient)),
    };
  },
};

/**
 * Registers the gradient of every tfjs-core operation that has none yet, a faster gradient of `matMul`, and gradients of
 * `unstack` and `where` without the faults of tfjs-core's own. On the wasm backend it also registers the kernel that the gradient of `tf.gather` lacks,
 * and a `clone` that does not copy.
 *
 * Importing this package calls it. Register gradients of your own after the import; for operations other than `matMul`,
 * `unstack` and `where`, before is fine too.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-wasm';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@throughtime/tfjs-gradients'; // calls registerGradients
 * await tf.setBackend('wasm');
 * tf.grad((x) => tf.mul(x, x))(tf.scalar(3)); // 6
 * ```
 */
export function registerGradients(): void {
  for (const gradient of coreGradients) {
    // Replaces matMul's gradient even where there is one: a bundler may have loaded tfjs-core's own registration.
    if (gradient.kernelName === BatchMatMul) registerGradient(fastMatMulGradient(gradient.gradFunc));
    else if (gradient.kernelName === Unpack) registerGradient(unpackGradient);
    else if (gradient.kernelName === Select) registerGradient(selectGradient);
    else if (!getGradient(gradient.kernelName)) registerGradient(gradient);
  }
  if (!getKernel(UnsortedSegmentSum, 'wasm')) registerKernel(segmentSumKernel);
  shareClonedData();
}
