import type { TensorInfo } from '@tensorflow/tfjs-core';
import { LogicalAnd, Select, util } from '@tensorflow/tfjs-core';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { addressOf } from './wasm-backend.js';

/** What the gradients of clipping and of piecewise functions do with comparisons. Broadcasting is left to tfjs. */
export function replaceLogicKernels(): void {
  replaceKernel(LogicalAnd, logicalAnd);
  replaceKernel(Select, select);
}

function logicalAnd(call: HeapCall<{ a: TensorInfo; b: TensorInfo }, unknown>): TensorInfo | undefined {
  const { inputs, backend, heap } = call;
  const { a, b } = inputs;
  if (a.dtype !== 'bool' || b.dtype !== 'bool' || !util.arraysEqual(a.shape, b.shape)) return undefined;
  const out = backend.makeOutput(a.shape, 'bool');
  const [from, other, to] = [a, b, out].map((tensor) => addressOf(backend, tensor));
  heap.logicalAnd(from, other, to, util.sizeFromShape(a.shape));
  return out;
}

function select(
  call: HeapCall<{ condition: TensorInfo; t: TensorInfo; e: TensorInfo }, unknown>,
): TensorInfo | undefined {
  const { inputs, backend, heap } = call;
  const { condition, t, e } = inputs;
  const floats = t.dtype === 'float32' && e.dtype === 'float32' && condition.dtype === 'bool';
  if (!floats || !util.arraysEqual(condition.shape, t.shape) || !util.arraysEqual(t.shape, e.shape)) {
    return undefined;
  }
  const out = backend.makeOutput(t.shape, 'float32');
  const [chooser, yes, no, to] = [condition, t, e, out].map((tensor) => addressOf(backend, tensor));
  heap.select(chooser, yes, no, to, util.sizeFromShape(t.shape));
  return out;
}
