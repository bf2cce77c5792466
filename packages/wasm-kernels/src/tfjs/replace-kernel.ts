import type { KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { type HeapKernels, heapKernels } from './heap-kernels.js';
import type { WasmBackend } from './wasm-backend.js';

/** One call of a kernel. */
export interface HeapCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attributes: Attributes;
  readonly backend: WasmBackend;
  readonly heap: HeapKernels;
}

/** A kernel of ours: the result, or undefined for what it leaves to the kernel that it replaces. */
export type HeapKernel<Inputs, Attributes> = (
  call: HeapCall<Inputs, Attributes>,
) => TensorInfo | TensorInfo[] | undefined;

/** Ours, by name. */
const installed = new Map<string, KernelFunc>();

/**
 * Replaces the kernel of this name on tfjs's wasm backend. Does nothing where ours is there already, so it may be called again.
 */
export function replaceKernel<Inputs, Attributes>(
  name: string,
  kernel: HeapKernel<Inputs, Attributes>,
): void {
  const original = getKernel(name, 'wasm');
  if (original && original.kernelFunc === installed.get(name)) return;
  const kernelFunc: KernelFunc = (call) => {
    const backend = call.backend as unknown as WasmBackend;
    const heap = heapKernels(backend);
    const result =
      heap &&
      kernel({
        inputs: call.inputs as Inputs,
        attributes: call.attrs as NamedAttrMap as Attributes,
        backend,
        heap,
      });
    if (result) return result;
    if (!original) throw new Error(`${name}: the wasm backend does not have this kernel`);
    return original.kernelFunc(call);
  };
  installed.set(name, kernelFunc);
  if (original) unregisterKernel(name, 'wasm');
  // Keep the original's setup: it must run for the calls that ours leaves to it.
  registerKernel({ ...(original ?? { kernelName: name, backendName: 'wasm' }), kernelFunc });
}
