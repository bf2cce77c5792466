import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Cast } from '@tensorflow/tfjs-core';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { isHeapType, shareData, viewOf } from './wasm-backend.js';

/**
 * A cast to the type that a tensor already has shares its data; gradient functions are full of such casts. A cast to booleans turns
 * every value but 0 into 1. tfjs's own keeps the lowest byte, so 0.5 and 256 become false, and 2 is not equal to true.
 */
export function replaceCastKernel(): void {
  replaceKernel(Cast, cast);
}

function cast(call: HeapCall<{ x: TensorInfo }, { dtype: string }>): TensorInfo | undefined {
  const { inputs, attributes, backend } = call;
  const { x } = inputs;
  if (!isHeapType(x.dtype)) return undefined;
  if (x.dtype === attributes.dtype) return shareData(backend, x, x.shape);
  if (attributes.dtype !== 'bool') return undefined;
  const out = backend.makeOutput(x.shape, 'bool');
  const from = viewOf(backend, x, x.dtype);
  const to = viewOf(backend, out, 'bool');
  for (let i = 0; i < to.length; i++) to[i] = from[i] === 0 ? 0 : 1;
  return out;
}
