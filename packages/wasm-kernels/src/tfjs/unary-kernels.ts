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
import { Unary } from '../generated/commands.js';
import { type HeapKernel, replaceKernel } from './replace-kernel.js';
import { addressOf, viewOf } from './wasm-backend.js';

/** Functions applied to each number of a float32 tensor; other types are left to tfjs, except by `clip`. */
export function replaceUnaryKernels(): void {
  replaceKernel(Exp, unaryKernel(Unary.EXP));
  replaceKernel(Log, unaryKernel(Unary.LOG));
  replaceKernel(Sigmoid, unaryKernel(Unary.SIGMOID));
  replaceKernel(Tanh, unaryKernel(Unary.TANH));
  replaceKernel(Relu, unaryKernel(Unary.RELU));
  replaceKernel(Relu6, unaryKernel(Unary.RELU6));
  replaceKernel(Elu, unaryKernel(Unary.ELU));
  replaceKernel(LeakyRelu, unaryKernel(Unary.LEAKY_RELU));
  replaceKernel(Sqrt, unaryKernel(Unary.SQRT));
  replaceKernel(Square, unaryKernel(Unary.SQUARE));
  replaceKernel(Neg, unaryKernel(Unary.NEGATE));
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
