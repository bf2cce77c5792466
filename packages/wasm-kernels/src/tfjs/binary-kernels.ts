import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import {
  Add,
  broadcast_util,
  Equal,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Maximum,
  Minimum,
  Multiply,
  NotEqual,
  Prelu,
  RealDiv,
  Sub,
  util,
} from '@tensorflow/tfjs-core';
import { Binary, Comparison } from '../generated/commands.js';
import { broadcast, type MatrixKernel } from './broadcast.js';
import type { HeapKernels } from './heap-kernels.js';
import { type HeapKernel, replaceKernel } from './replace-kernel.js';
import { addressOf, type WasmBackend } from './wasm-backend.js';

interface BinaryInputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/** Arithmetic on, and comparison of, float32 tensors with broadcasting; other types are left to tfjs. */
export function replaceBinaryKernels(): void {
  replaceKernel(Add, arithmeticKernel(Binary.ADD));
  replaceKernel(Sub, arithmeticKernel(Binary.SUBTRACT));
  replaceKernel(Multiply, arithmeticKernel(Binary.MULTIPLY));
  replaceKernel(RealDiv, arithmeticKernel(Binary.DIVIDE));
  replaceKernel(Maximum, arithmeticKernel(Binary.MAXIMUM));
  replaceKernel(Minimum, arithmeticKernel(Binary.MINIMUM));
  const prelu = arithmeticKernel(Binary.PRELU);
  const preluKernel: HeapKernel<{ x: TensorInfo; alpha: TensorInfo }, unknown> = (call) =>
    prelu({ ...call, inputs: { a: call.inputs.x, b: call.inputs.alpha } });
  replaceKernel(Prelu, preluKernel);
  replaceKernel(Greater, comparisonKernel(Comparison.GREATER));
  replaceKernel(GreaterEqual, comparisonKernel(Comparison.GREATER_EQUAL));
  replaceKernel(Less, comparisonKernel(Comparison.LESS));
  replaceKernel(LessEqual, comparisonKernel(Comparison.LESS_EQUAL));
  replaceKernel(Equal, comparisonKernel(Comparison.EQUAL));
  replaceKernel(NotEqual, comparisonKernel(Comparison.NOT_EQUAL));
}

/** @param operation one of `Binary` */
export function arithmeticKernel(operation: number): HeapKernel<BinaryInputs, unknown> {
  return ({ inputs, backend, heap }) =>
    binary(inputs, backend, 'float32', (...sides) => heap.binary(operation, ...sides));
}

function comparisonKernel(comparison: number): HeapKernel<BinaryInputs, unknown> {
  return ({ inputs, backend, heap }) =>
    binary(inputs, backend, 'bool', (...sides) => heap.compare(comparison, ...sides));
}

function binary(
  { a, b }: BinaryInputs,
  backend: WasmBackend,
  dtype: DataType,
  kernel: MatrixKernel,
): TensorInfo | undefined {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const out = backend.makeOutput(shape, dtype);
  broadcast(kernel, {
    a: addressOf(backend, a),
    aShape: a.shape,
    b: addressOf(backend, b),
    bShape: b.shape,
    target: addressOf(backend, out),
    shape,
    bytes: util.bytesPerElement(dtype),
  });
  return out;
}

/** target = f(target, b), b broadcast to `target`'s shape. */
export function applyInPlace(
  backend: WasmBackend,
  heap: HeapKernels,
  operation: number,
  target: TensorInfo,
  b: TensorInfo,
): void {
  const address = addressOf(backend, target);
  const { shape } = target;
  broadcast((...sides) => heap.binary(operation, ...sides), {
    a: address,
    aShape: shape,
    b: addressOf(backend, b),
    bShape: b.shape,
    target: address,
    shape,
    bytes: 4,
  });
}
