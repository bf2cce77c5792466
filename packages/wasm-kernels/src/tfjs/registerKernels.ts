import '@tensorflow/tfjs-backend-wasm'; // its own kernels have to be there before ours take their place
import { registerGradients } from '@throughtime/tfjs-gradients';
import { replaceBinaryKernels } from './binaryKernels.js';
import { replaceCastKernel } from './castKernel.js';
import { replaceEmbeddingKernels } from './embeddingKernels.js';
import { replaceActivationGradients } from './gradientKernels.js';
import { replaceLogicKernels } from './logicKernels.js';
import { replaceMatMulGradient } from './matmulGradient.js';
import { replaceMatMulKernels } from './matmulKernels.js';
import { replaceReduceKernels } from './reduceKernels.js';
import { replaceSplitJoinKernels } from './splitJoinKernels.js';
import { replaceStridedKernels } from './stridedKernels.js';
import { replaceUnaryKernels } from './unaryKernels.js';

/**
 * Registers our kernels on tfjs's `wasm` backend, and tfjs-core's gradients. Importing `@throughtime/wasm-kernels/register`
 * calls it; it may be called again, before or after the backend is set, and then puts back what another package replaced.
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
