import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { UnsortedSegmentSum, util } from '@tensorflow/tfjs-core';

/** The part of tfjs's `BackendWasm` that we use. Declared here so that the package works without the backend installed. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: string): TensorInfo;
  /** A view of the tensor's memory, valid until the next allocation. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array;
}

/**
 * `tf.unsortedSegmentSum` for the wasm backend, which lacks it: row i of `x` is added to row `segmentIds[i]` of
 * the result. The gradient of `tf.gather` needs it, and with that every trained embedding. As on tfjs's other
 * backends, rows whose id lies outside [0, numSegments) are left out.
 */
export const segmentSumKernel: KernelConfig = {
  kernelName: UnsortedSegmentSum,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
    const numSegments = Number(attrs?.numSegments);
    const wasm = backend as unknown as WasmBackend;
    // [I, ...], one id per row -> [numSegments, ...]
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const width = util.sizeFromShape(rowShape);
    const sums = wasm.makeOutput([numSegments, ...rowShape], x.dtype);

    const from = wasm.typedArrayFromHeap(x);
    const to = wasm.typedArrayFromHeap(sums).fill(0);
    const ids = wasm.typedArrayFromHeap(segmentIds);
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row];
      if (id < 0 || id >= numSegments) continue;
      const target = id * width;
      const source = row * width;
      for (let i = 0; i < width; i++) to[target + i] += from[source + i];
    }
    return sums;
  },
};
