import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { getKernel, Identity, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** The part of tfjs's `BackendWasm` that we use. */
interface WasmBackend {
  /** One more tensor holds this data. */
  incRef(dataId: object): void;
}

/**
 * Makes `tf.clone` on the wasm backend share its data, as on every other backend, instead of copying it.
 *
 * tfjs clones each tensor that a gradient will need. A recurrent weight is needed once per time step, so without this a chunk
 * of 35 steps copies it 35 times. Each copy is new data, so the backend would also pack each one for the products of the backward
 * pass. Sharing is safe: tensors never change, and the backend counts who holds their data.
 */
export function shareClonedData(): void {
  const original = getKernel(Identity, 'wasm');
  // The backend's package may be imported after this one. The next backward pass then installs it.
  if (!original || original.kernelFunc === installed) return;
  const { kernelFunc: copy } = original;
  const share: KernelFunc = (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    if (x.dtype === 'string') return copy(call);
    (call.backend as unknown as WasmBackend).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
  installed = share;
  unregisterKernel(Identity, 'wasm');
  registerKernel({ ...original, kernelFunc: share });
}

let installed: KernelFunc | undefined;
