import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util, GatherV2, OneHot, UnsortedSegmentSum, util } from '@tensorflow/tfjs-core';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { addressOf, isHeapType, viewOf } from './wasm-backend.js';

/** Rows of tables by integer ids: embeddings forward and backward, and one-hot rows. */
export function replaceEmbeddingKernels(): void {
  replaceKernel(GatherV2, gather);
  replaceKernel(UnsortedSegmentSum, unsortedSegmentSum);
  replaceKernel(OneHot, oneHot);
}

function gather(
  call: HeapCall<{ x: TensorInfo; indices: TensorInfo }, { axis: number; batchDims: number }>,
): TensorInfo | undefined {
  const { inputs, attributes, backend, heap } = call;
  const { x, indices } = inputs;
  if (x.dtype === 'string' || indices.dtype !== 'int32') return undefined;
  const [axis] = util.parseAxisParam(attributes.axis, x.shape);
  const rows = x.shape[axis];
  for (const id of viewOf(backend, indices, 'int32')) {
    if (!(id >= 0 && id < rows)) {
      throw new Error(`GatherV2: the index value ${id} is not in [0, ${rows - 1}]`);
    }
  }
  const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
    backend_util.segment_util.collectGatherOpShapeInfo(
      x as never,
      indices as never,
      axis,
      attributes.batchDims,
    );
  const out = backend.makeOutput(outputShape, x.dtype);
  const bytes = sliceSize * util.bytesPerElement(x.dtype);
  const count = util.sizeFromShape(indices.shape) / batchSize;
  const [from, ids, to] = [x, indices, out].map((tensor) => addressOf(backend, tensor));
  for (let i = 0; i < batchSize; i++) {
    const table = from + i * outerSize * dimSize * bytes;
    const target = to + i * outerSize * count * bytes;
    heap.gatherRows(table, dimSize, ids + i * count * 4, target, outerSize, count, bytes);
  }
  return out;
}

/** Row i of x is added to row segmentIds[i]; rows whose id lies outside are left out, as on tfjs's other backends. */
function unsortedSegmentSum(
  call: HeapCall<{ x: TensorInfo; segmentIds: TensorInfo }, { numSegments: number }>,
): TensorInfo | undefined {
  const { inputs, attributes, backend, heap } = call;
  const { x, segmentIds } = inputs;
  if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32') return undefined;
  util.assert(
    segmentIds.shape.every((size, axis) => size === x.shape[axis]),
    () =>
      `UnsortedSegmentSum: the shape of segmentIds, [${segmentIds.shape}], must be how that of x begins, [${x.shape}]`,
  );
  const { numSegments } = attributes;
  const rowShape = x.shape.slice(segmentIds.shape.length);
  const width = util.sizeFromShape(rowShape);
  const out = backend.makeOutput([numSegments, ...rowShape], 'float32');
  const address = addressOf(backend, out);
  backend.wasm.HEAPU8.fill(0, address, address + numSegments * width * 4);
  heap.scatterAddRows(
    address,
    numSegments,
    addressOf(backend, segmentIds),
    addressOf(backend, x),
    util.sizeFromShape(segmentIds.shape),
    width,
  );
  return out;
}

function oneHot(
  call: HeapCall<
    { indices: TensorInfo },
    { depth: number; onValue: number; offValue: number; dtype: DataType }
  >,
): TensorInfo | undefined {
  const { inputs, attributes, backend } = call;
  const { indices } = inputs;
  const { depth, onValue, offValue, dtype } = attributes;
  if (!isHeapType(dtype) || indices.dtype !== 'int32') return undefined;
  const out = backend.makeOutput([...indices.shape, depth], dtype);
  const ids = viewOf(backend, indices, 'int32');
  const values = viewOf(backend, out, dtype).fill(offValue);
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] >= 0 && ids[i] < depth) values[i * depth + ids[i]] = onValue;
  }
  return out;
}
