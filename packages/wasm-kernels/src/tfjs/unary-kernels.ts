import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  ClipByValue,
  Elu,
  Exp,
  LeakyRelu,
  Log,
  Neg,
  Relu,
  Relu6,
  Sigmoid,
  Sqrt,
  Square,
  Tanh,
  util,
} from '@tensorflow/tfjs-core';
import { UNARY } from './heap-kernels.js';
import { type HeapKernel, replaceKernel } from './replace-kernel.js';
import { addressOf, viewOf } from './wasm-backend.js';

/** Functions applied to each number of a float32 tensor; other types are left to tfjs, except by `clip`. */
export function replaceUnaryKernels(): void {
  replaceKernel(Exp, unaryKernel(UNARY.exp));
  replaceKernel(Log, unaryKernel(UNARY.log));
  replaceKernel(Sigmoid, unaryKernel(UNARY.sigmoid));
  replaceKernel(Tanh, unaryKernel(UNARY.tanh));
  replaceKernel(Relu, unaryKernel(UNARY.relu));
  replaceKernel(Relu6, unaryKernel(UNARY.relu6));
  replaceKernel(Elu, unaryKernel(UNARY.elu));
  replaceKernel(LeakyRelu, unaryKernel(UNARY.leakyrelu));
  replaceKernel(Sqrt, unaryKernel(UNARY.sqrt));
  replaceKernel(Square, unaryKernel(UNARY.square));
  replaceKernel(Neg, unaryKernel(UNARY.negate));
  replaceKernel(ClipByValue, clip);
}

/** tfjs's own kernel turns NaN into the lower bound, and takes the bits of whole numbers for those of float32. */
const clip: HeapKernel<{ x: TensorInfo }, { clipValueMin: number; clipValueMax: number }> = (call) => {
  const { inputs, attributes, backend, heap } = call;
  const { x } = inputs;
  const { clipValueMin: low, clipValueMax: high } = attributes;
  if (x.dtype !== 'float32' && x.dtype !== 'int32') return undefined;
  const out = backend.makeOutput(x.shape, x.dtype);
  if (x.dtype === 'int32') {
    const [from, to] = [viewOf(backend, x, 'int32'), viewOf(backend, out, 'int32')];
    for (let i = 0; i < from.length; i++) to[i] = Math.min(high, Math.max(low, from[i]));
    return out;
  }
  heap.clip(addressOf(backend, x), addressOf(backend, out), util.sizeFromShape(x.shape), low, high);
  return out;
};

function unaryKernel(operation: number): HeapKernel<{ x: TensorInfo }, { alpha?: number } | undefined> {
  return ({ inputs: { x }, attributes, backend, heap }) => {
    if (x.dtype !== 'float32') return undefined;
    const out = backend.makeOutput(x.shape, 'float32');
    const count = util.sizeFromShape(x.shape);
    heap.unary(operation, addressOf(backend, x), addressOf(backend, out), count, attributes?.alpha ?? 0);
    return out;
  };
}
