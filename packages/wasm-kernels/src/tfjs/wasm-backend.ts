import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';

/** The part of tfjs's `BackendWasm` that we use. */
export interface WasmBackend {
  /** The Emscripten module; null once the backend is disposed of. */
  readonly wasm: EmscriptenModule;
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number | null } };
  /** Memory for a tensor. It may grow the heap, so older views must not be used afterwards. */
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  /** One more tensor holds this data. */
  incRef(dataId: object): void;
  disposeData(dataId: object): boolean;
}

interface EmscriptenModule {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  /** In the builds without threads. */
  readonly asm?: { readonly memory?: WebAssembly.Memory };
  /** In the build with threads. */
  readonly wasmMemory?: WebAssembly.Memory;
}

/** The heap itself; undefined where the build does not give it away. */
export function heapMemory({ asm, wasmMemory }: EmscriptenModule): WebAssembly.Memory | undefined {
  const memory = asm?.memory ?? wasmMemory;
  return memory instanceof WebAssembly.Memory ? memory : undefined;
}

/** Where a tensor's numbers lie in the heap. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset as number;
}

const VIEWS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** The types of numbers that tensors in the heap have. */
export type HeapType = keyof typeof VIEWS;

export function isHeapType(dtype: string): dtype is HeapType {
  return dtype in VIEWS;
}

/** A view of a tensor's numbers in the heap. Do not keep it: an allocation may move the heap. */
export function viewOf<Type extends HeapType>(
  backend: WasmBackend,
  tensor: TensorInfo,
  dtype: Type,
): InstanceType<(typeof VIEWS)[Type]> {
  const address = addressOf(backend, tensor); // first, for it may grow the heap
  const heap = backend.wasm.HEAPU8.buffer as ArrayBuffer; // or shared: views of it are the same
  const view = new VIEWS[dtype](heap, address, util.sizeFromShape(tensor.shape));
  return view as InstanceType<(typeof VIEWS)[Type]>;
}

/** A tensor of another shape over the same data. */
export function shareData(backend: WasmBackend, tensor: TensorInfo, shape: number[]): TensorInfo {
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}
