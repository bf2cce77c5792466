import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
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
import { addressOf } from './wasm-backend.js';

/** Functions applied to each number of a float32 tensor; other types are left to tfjs. */
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
}

function unaryKernel(operation: number): HeapKernel<{ x: TensorInfo }, { alpha?: number } | undefined> {
  return ({ inputs: { x }, attributes, backend, heap }) => {
    if (x.dtype !== 'float32') return undefined;
    const out = backend.makeOutput(x.shape, 'float32');
    const count = util.sizeFromShape(x.shape);
    heap.unary(operation, addressOf(backend, x), addressOf(backend, out), count, attributes?.alpha ?? 0);
    return out;
  };
}
