import type { TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util, Concat, Pack, SplitV, Unpack, util } from '@tensorflow/tfjs-core';
import type { HeapKernels } from './heap-kernels.js';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { addressOf, type WasmBackend } from './wasm-backend.js';

/** Splitting and joining along an axis. Strings, and tensors of several types, are left to tfjs. */
export function replaceSplitJoinKernels(): void {
  replaceKernel(SplitV, splitV);
  replaceKernel(Unpack, unpack);
  replaceKernel(Concat, concat);
  replaceKernel(Pack, pack);
}

/** Parts along one axis, each a tensor [outer, inner of its own]; the whole is [outer, sum of these]. */
interface Parts {
  readonly outer: number;
  /** Bytes of one part's row, by part. */
  readonly inner: readonly number[];
  readonly parts: readonly number[];
  readonly whole: number;
}

function splitParts(heap: HeapKernels, { outer, inner, parts, whole }: Parts): void {
  const row = inner.reduce((sum, bytes) => sum + bytes, 0);
  let from = whole;
  for (const [i, bytes] of inner.entries()) {
    if (bytes > 0) heap.copyRows(from, row, parts[i], bytes, outer, bytes);
    from += bytes;
  }
}

function joinParts(heap: HeapKernels, { outer, inner, parts, whole }: Parts): void {
  const row = inner.reduce((sum, bytes) => sum + bytes, 0);
  let to = whole;
  for (const [i, bytes] of inner.entries()) {
    if (bytes > 0) heap.copyRows(parts[i], bytes, to, row, outer, bytes);
    to += bytes;
  }
}

function splitV(
  call: HeapCall<{ x: TensorInfo }, { numOrSizeSplits: number[] | number; axis: number }>,
): TensorInfo[] | undefined {
  const { inputs, attributes, backend, heap } = call;
  const { x } = inputs;
  if (x.dtype === 'string') return undefined;
  const [axis] = util.parseAxisParam(attributes.axis, x.shape);
  const sizes = backend_util.prepareSplitSize(x as never, attributes.numOrSizeSplits, axis);
  const outs = sizes.map((size) => backend.makeOutput(x.shape.with(axis, size), x.dtype));
  const step = util.sizeFromShape(x.shape.slice(axis + 1)) * util.bytesPerElement(x.dtype);
  splitParts(heap, {
    outer: util.sizeFromShape(x.shape.slice(0, axis)),
    inner: sizes.map((size) => size * step),
    parts: outs.map((out) => addressOf(backend, out)),
    whole: addressOf(backend, x),
  });
  return outs;
}

function unpack(call: HeapCall<{ value: TensorInfo }, { axis: number }>): TensorInfo[] | undefined {
  const { inputs, attributes, backend, heap } = call;
  const { value } = inputs;
  if (value.dtype === 'string') return undefined;
  const [axis] = util.parseAxisParam(attributes.axis, value.shape);
  const count = value.shape[axis];
  const shape = value.shape.toSpliced(axis, 1);
  const outs = Array.from({ length: count }, () => backend.makeOutput(shape, value.dtype));
  const step = util.sizeFromShape(value.shape.slice(axis + 1)) * util.bytesPerElement(value.dtype);
  splitParts(heap, {
    outer: util.sizeFromShape(value.shape.slice(0, axis)),
    inner: new Array<number>(count).fill(step),
    parts: outs.map((out) => addressOf(backend, out)),
    whole: addressOf(backend, value),
  });
  return outs;
}

function concat(call: HeapCall<TensorInfo[], { axis: number }>): TensorInfo | undefined {
  const { attributes, backend, heap } = call;
  const inputs = Object.values(call.inputs);
  const [{ dtype }] = inputs;
  if (dtype === 'string' || inputs.some((input) => input.dtype !== dtype)) return undefined; // tfjs converts
  const [axis] = util.parseAxisParam(attributes.axis, inputs[0].shape);
  const shapes = inputs.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  return join(backend, heap, inputs, axis, backend_util.computeOutShape(shapes, axis));
}

function pack(call: HeapCall<TensorInfo[], { axis: number }>): TensorInfo | undefined {
  const { attributes, backend, heap } = call;
  const inputs = Object.values(call.inputs);
  const [{ shape, dtype }] = inputs;
  if (dtype === 'string') return undefined;
  for (const input of inputs) {
    util.assertShapesMatch(shape, input.shape, 'All tensors passed to stack must have matching shapes');
    util.assert(input.dtype === dtype, () => 'All tensors passed to stack must have matching dtypes');
  }
  const axis = attributes.axis < 0 ? attributes.axis + shape.length + 1 : attributes.axis;
  return join(backend, heap, inputs, axis, shape.toSpliced(axis, 0, inputs.length));
}

function join(
  backend: WasmBackend,
  heap: HeapKernels,
  inputs: readonly TensorInfo[],
  axis: number,
  shape: number[],
): TensorInfo {
  const [{ dtype }] = inputs;
  const out = backend.makeOutput(shape, dtype);
  const bytes = util.bytesPerElement(dtype);
  joinParts(heap, {
    outer: util.sizeFromShape(shape.slice(0, axis)),
    inner: inputs.map((input) => util.sizeFromShape(input.shape.slice(axis)) * bytes),
    parts: inputs.map((input) => addressOf(backend, input)),
    whole: addressOf(backend, out),
  });
  return out;
}
