import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util, Max, Mean, Sum, util } from '@tensorflow/tfjs-core';
import { Unary } from '../generated/commands.js';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { addressOf } from './wasm-backend.js';

/** Sums and means over axes that lie beside each other, maxima over the last ones; others are left to tfjs. */
export function replaceReduceKernels(): void {
  replaceKernel(Sum, sum);
  replaceKernel(Mean, mean);
  replaceKernel(Max, max);
}

/** x as [outer, reduced, inner]; undefined where the reduced axes do not lie beside each other. */
function asThreeAxes(
  shape: readonly number[],
  reduced: readonly number[],
): [number, number, number] | undefined {
  const sizes: [number, number, number] = [1, 1, 1];
  let part = 0;
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const here = reduced.includes(axis) ? 1 : part === 0 ? 0 : 2;
    if (here < part) return undefined;
    part = here;
    sizes[part] *= size;
  }
  return sizes;
}

interface ReduceAttributes {
  readonly keepDims: boolean;
}

function outputShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  const [kept] = backend_util.computeOutAndReduceShapes([...shape], [...axes]);
  return keepDims ? backend_util.expandShapeToKeepDim(kept, [...axes]) : kept;
}

type SumCall = HeapCall<{ x: TensorInfo }, ReduceAttributes & { axis: number | number[] }>;

function sum(call: SumCall): TensorInfo | undefined {
  const { inputs, attributes, backend, heap } = call;
  const { x } = inputs;
  const axes = util.parseAxisParam(attributes.axis, x.shape);
  const sizes = asThreeAxes(x.shape, axes);
  const empty = x.shape.includes(0);
  if (!empty && (x.dtype !== 'float32' || !sizes)) return undefined;
  const shape = outputShape(x.shape, axes, attributes.keepDims);
  const out = backend.makeOutput(shape, x.dtype as DataType);
  const target = addressOf(backend, out);
  if (empty || !sizes) {
    const bytes = util.sizeFromShape(shape) * util.bytesPerElement(x.dtype);
    backend.wasm.HEAPU8.fill(0, target, target + bytes);
    return out;
  }
  const [outer, reduced, inner] = sizes;
  const source = addressOf(backend, x);
  if (inner === 1) heap.sumRows(source, target, outer, reduced);
  else {
    for (let i = 0; i < outer; i++) {
      heap.sumColumns(source + i * reduced * inner * 4, target + i * inner * 4, reduced, inner);
    }
  }
  return out;
}

function mean(call: SumCall): TensorInfo | undefined {
  const { x } = call.inputs;
  if (x.dtype !== 'float32' || x.shape.includes(0)) return undefined;
  const out = sum(call);
  if (!out) return undefined;
  const count = util.sizeFromShape(out.shape);
  const address = addressOf(call.backend, out);
  call.heap.unary(Unary.SCALE, address, address, count, count / util.sizeFromShape(x.shape));
  return out;
}

function max(
  call: HeapCall<{ x: TensorInfo }, ReduceAttributes & { reductionIndices: number | number[] }>,
): TensorInfo | undefined {
  const { inputs, attributes, backend, heap } = call;
  const { x } = inputs;
  const axes = util.parseAxisParam(attributes.reductionIndices, x.shape);
  const sizes = asThreeAxes(x.shape, axes);
  if (x.dtype !== 'float32' || sizes?.[2] !== 1 || x.shape.includes(0)) return undefined;
  const out = backend.makeOutput(outputShape(x.shape, axes, attributes.keepDims), 'float32');
  heap.maxRows(addressOf(backend, x), addressOf(backend, out), sizes[0], sizes[1]);
  return out;
}
