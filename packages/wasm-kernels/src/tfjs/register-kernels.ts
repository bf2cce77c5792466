import '@tensorflow/tfjs-backend-wasm'; // its own kernels have to be there before ours take their place
import { registerGradients } from '@throughtime/tfjs-gradients';
import { replaceBinaryKernels } from './binary-kernels.js';
import { replaceCastKernel } from './cast-kernel.js';
import { replaceEmbeddingKernels } from './embedding-kernels.js';
import { replaceActivationGradients } from './gradient-kernels.js';
import { replaceLogicKernels } from './logic-kernels.js';
import { replaceMatMulGradient } from './matmul-gradient.js';
import { replaceMatMulKernels } from './matmul-kernels.js';
import { replaceReduceKernels } from './reduce-kernels.js';
import { replaceSplitJoinKernels } from './split-join-kernels.js';
import { replaceStridedKernels } from './strided-kernels.js';
import { replaceUnaryKernels } from './unary-kernels.js';

/**
 * Registers our kernels on tfjs's `wasm` backend, and tfjs-core's gradients. Importing `@throughtime/wasm-kernels/register` calls
 * it. You may call it again, before or after setting the backend: it then puts back kernels that another package replaced.
 */
export function registerKernels(): void {
  registerGradients();
  replaceMatMulKernels();
  replaceBinaryKernels();
  replaceUnaryKernels();
  replaceReduceKernels();
  replaceLogicKernels();
  replaceStridedKernels();
  replaceSplitJoinKernels();
  replaceCastKernel();
  replaceMatMulGradient();
  replaceActivationGradients();
  replaceEmbeddingKernels();
}
