import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Reverse, Slice, slice_util, Tile, Transpose, util } from '@tensorflow/tfjs-core';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { stridedCopy } from './strided-copy.js';
import { addressOf, shareData } from './wasm-backend.js';

/** Kernels that only pick numbers: each copies what it returns, and nothing else. Strings are left to tfjs. */
export function replaceStridedKernels(): void {
  replaceKernel(Slice, slice);
  replaceKernel(Reverse, reverse);
  replaceKernel(Tile, tile);
  replaceKernel(Transpose, transpose);
}

type OneInput<Attributes> = HeapCall<{ readonly x: TensorInfo }, Attributes>;

interface Pick {
  /** Bytes from the tensor's first number to the first that is copied. */
  readonly start?: number;
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
}

function copyOut({ inputs, backend, heap }: OneInput<unknown>, shape: number[], pick: Pick): TensorInfo {
  const { x } = inputs;
  const out = backend.makeOutput(shape, x.dtype);
  stridedCopy(heap, {
    source: addressOf(backend, x) + (pick.start ?? 0),
    target: addressOf(backend, out),
    sizes: pick.sizes,
    strides: pick.strides,
    bytes: util.bytesPerElement(x.dtype),
  });
  return out;
}

/** Bytes from one index to the next, by axis. */
function byteStrides({ shape, dtype }: TensorInfo): number[] {
  const strides = new Array<number>(shape.length);
  let stride = util.bytesPerElement(dtype);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

function slice(call: OneInput<{ begin: number[]; size: number[] }>): TensorInfo | undefined {
  const { x } = call.inputs;
  if (x.dtype === 'string') return undefined;
  // The two read nothing but the shape.
  const [begin, size] = slice_util.parseSliceParams(x as never, call.attributes.begin, call.attributes.size);
  slice_util.assertParamsValid(x as never, begin, size);
  const strides = byteStrides(x);
  const start = begin.reduce((sum, first, axis) => sum + first * strides[axis], 0);
  return copyOut(call, size, { start, sizes: size, strides });
}

function reverse(call: OneInput<{ dims: number | number[] }>): TensorInfo | undefined {
  const { x } = call.inputs;
  if (x.dtype === 'string') return undefined;
  const reversed = util.parseAxisParam(call.attributes.dims, x.shape);
  const strides = byteStrides(x);
  const start = reversed.reduce((sum, axis) => sum + (x.shape[axis] - 1) * strides[axis], 0);
  return copyOut(call, x.shape, {
    start,
    sizes: x.shape,
    strides: strides.map((stride, axis) => (reversed.includes(axis) ? -stride : stride)),
  });
}

function tile(call: OneInput<{ reps: number[] }>): TensorInfo | undefined {
  const { x } = call.inputs;
  const { reps } = call.attributes;
  if (x.dtype === 'string' || reps.length !== x.shape.length) return undefined;
  const strides = byteStrides(x);
  return copyOut(
    call,
    x.shape.map((size, axis) => size * reps[axis]),
    {
      sizes: x.shape.flatMap((size, axis) => [reps[axis], size]),
      strides: strides.flatMap((stride) => [0, stride]),
    },
  );
}

function transpose(call: OneInput<{ perm: number[] }>): TensorInfo | undefined {
  const { x } = call.inputs;
  const { perm } = call.attributes;
  if (x.dtype === 'string') return undefined;
  const shape = perm.map((axis) => x.shape[axis]);
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || moved[i - 1] < axis)) return shareData(call.backend, x, shape);
  const strides = byteStrides(x);
  return copyOut(call, shape, { sizes: shape, strides: perm.map((axis) => strides[axis]) });
}
