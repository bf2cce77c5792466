import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** The part of tfjs's `BackendWasm` that is used. */
export interface WasmBackend {
  /** The Emscripten module; null once the backend is disposed of. */
  readonly wasm: EmscriptenModule;
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number | null } };
  /** Memory for a tensor. It may grow the heap, so views made before are no longer to be used. */
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

/** A tensor of another shape over the same data. */
export function shareData(backend: WasmBackend, tensor: TensorInfo, shape: number[]): TensorInfo {
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}
