import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Cast } from '@tensorflow/tfjs-core';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { shareData } from './wasm-backend.js';

/** A cast to the type that a tensor has already shares its data; gradient functions are full of them. */
export function replaceCastKernel(): void {
  replaceKernel(Cast, cast);
}

function cast(call: HeapCall<{ x: TensorInfo }, { dtype: string }>): TensorInfo | undefined {
  const { inputs, attributes, backend } = call;
  const { x } = inputs;
  if (x.dtype === 'string' || x.dtype !== attributes.dtype) return undefined;
  return shareData(backend, x, x.shape);
}
