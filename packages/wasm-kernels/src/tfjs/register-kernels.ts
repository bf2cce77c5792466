import { version_wasm } from '@tensorflow/tfjs-backend-wasm'; // its kernels have to be there before ours take their place
import { engine } from '@tensorflow/tfjs-core';
import { ThroughtimeError } from '@throughtime/errors';
import { registerGradients } from '@throughtime/tfjs-gradients';
import { replaceBinaryKernels } from './binary-kernels.js';
import { replaceCastKernel } from './cast-kernel.js';
import { replaceEmbeddingKernels } from './embedding-kernels.js';
import { replaceActivationGradients } from './gradient-kernels.js';
import { heapKernelsLoaded, loadHeapKernels } from './heap-kernels.js';
import { replaceLogicKernels } from './logic-kernels.js';
import { replaceMatMulGradient } from './matmul-gradient.js';
import { replaceMatMulKernels } from './matmul-kernels.js';
import { replaceReduceKernels } from './reduce-kernels.js';
import { replaceSplitJoinKernels } from './split-join-kernels.js';
import { replaceStridedKernels } from './strided-kernels.js';
import { replaceUnaryKernels } from './unary-kernels.js';
import { replaceWindowKernels } from './window-kernels.js';

/** The version of tfjs's wasm backend whose heap and kernels ours were written for: it has no stable interface for them. */
const BACKEND_VERSION = '4.22.0';

/** The installed `@tensorflow/tfjs-backend-wasm` is not the one that our kernels were written for. */
export class TfjsVersionError extends ThroughtimeError {
  override name = 'TfjsVersionError';
}

/** @throws TfjsVersionError */
export function requireBackendVersion(found: string): void {
  if (found === BACKEND_VERSION) return;
  throw new TfjsVersionError(
    `@tensorflow/tfjs-backend-wasm: expected version ${BACKEND_VERSION}, got ${found} (npm install @tensorflow/tfjs-backend-wasm@${BACKEND_VERSION})`,
  );
}

/**
 * Registers our kernels on tfjs's `wasm` backend, and tfjs-core's gradients. Importing `@throughtime/wasm-kernels/register` calls
 * it. You may call it again, before or after setting the backend: it then puts back kernels that another package replaced.
 *
 * In browsers our kernels are loaded first: setting the backend waits for it. If the backend is set already, tfjs's own kernels
 * serve until the promise resolves. In Node ours serve at once.
 * @throws TfjsVersionError when the installed backend has another version than our kernels were written for
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-wasm';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@throughtime/wasm-kernels/register'; // calls registerKernels
 * await tf.setBackend('wasm');
 * tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])); // runs in our kernel
 * ```
 */
export function registerKernels(): Promise<void> {
  requireBackendVersion(version_wasm);
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
  replaceWindowKernels();
  return loadWithBackend();
}

let backendWaits = false;

/** Loads our kernels where they are not at hand, and lets a backend that is made later wait for them. */
async function loadWithBackend(): Promise<void> {
  if (heapKernelsLoaded()) return;
  const registered = engine().registryFactory.wasm;
  if (!backendWaits) {
    const { factory } = registered;
    registered.factory = () => loadHeapKernels().then(factory);
    backendWaits = true;
  }
  await loadHeapKernels();
}
