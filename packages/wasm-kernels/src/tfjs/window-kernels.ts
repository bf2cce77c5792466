// Convolutions and pools. Those of tfjs's wasm backend end by clamping their results, to the activation's range or to all numbers, and
// clamping turns NaN into a bound: a diverged network looks like one whose units are off. Where every number is finite and no sum can
// overflow, they serve; else these loops do, in the order of the formulas. Two pools of tfjs start from the smallest positive
// number instead of -Infinity, so that windows of negative numbers are wrong: ours always serve for those.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  AvgPool,
  backend_util,
  Conv2D,
  DepthwiseConv2dNative,
  FusedConv2D,
  FusedDepthwiseConv2D,
  MaxPool,
  MaxPool3D,
  MaxPoolWithArgmax,
  util,
} from '@tensorflow/tfjs-core';
import { type HeapKernel, replaceKernel } from './replace-kernel.js';
import { viewOf, type WasmBackend } from './wasm-backend.js';

export function replaceWindowKernels(): void {
  replaceKernel(Conv2D, convolution(false));
  replaceKernel(FusedConv2D, convolution(false));
  replaceKernel(DepthwiseConv2dNative, convolution(true));
  replaceKernel(FusedDepthwiseConv2D, convolution(true));
  replaceKernel(AvgPool, flatPool('avg'));
  replaceKernel(MaxPool, flatPool('max'));
  replaceKernel(MaxPool3D, deepPool);
  replaceKernel(MaxPoolWithArgmax, poolWithPlaces);
}

const LARGEST_FLOAT = 3.4e38;

/** The largest magnitude of some numbers; not finite where one of them is not. */
function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (!(size <= most)) most = size;
    if (Number.isNaN(most)) return most;
  }
  return most;
}

interface ConvolutionInputs {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dilations?: number | [number, number];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

function convolution(depthwise: boolean): HeapKernel<ConvolutionInputs, ConvolutionAttributes> {
  return ({ inputs, attributes, backend }) => {
    const { x, filter, bias, preluActivationWeights: slopes } = inputs;
    const { strides, pad, dilations = [1, 1], dataFormat = 'NHWC', dimRoundingMode } = attributes;
    if (dataFormat !== 'NHWC' || x.dtype !== 'float32' || filter.dtype !== 'float32') return undefined;
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filter.shape as [number, number, number, number],
      strides,
      dilations,
      pad,
      dimRoundingMode,
      depthwise,
    );
    const { outChannels, inChannels, filterHeight, filterWidth } = info;
    const numbers = (tensor: TensorInfo | undefined) => tensor && viewOf(backend, tensor, 'float32');
    const inputsPerOutput = depthwise ? 1 : inChannels;
    const bound =
      largest(numbers(x)!) * largest(numbers(filter)!) * filterHeight * filterWidth * inputsPerOutput +
      largest(numbers(bias) ?? new Float32Array());
    if (bound <= LARGEST_FLOAT) return undefined;
    for (const each of [bias, slopes]) {
      const size = each ? util.sizeFromShape(each.shape) : 1;
      if (size !== 1 && size !== outChannels) return undefined;
    }
    const out = backend.makeOutput(info.outShape, 'float32');
    // After makeOutput, which may move the heap.
    convolve(info, depthwise, numbers(x)!, numbers(filter)!, viewOf(backend, out, 'float32'));
    finish(viewOf(backend, out, 'float32'), outChannels, numbers(bias), {
      activation: attributes.activation ?? 'linear',
      slopes: numbers(slopes) ?? Float32Array.of(attributes.leakyreluAlpha ?? 0),
    });
    return out;
  };
}

/** What lies outside the input counts as nothing, not as zeros: 0 times an infinite weight would be NaN. */
function convolve(
  info: backend_util.Conv2DInfo,
  depthwise: boolean,
  x: Float32Array,
  filter: Float32Array,
  out: Float32Array,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } =
    info;
  const multiplier = outChannels / inChannels;
  let at = 0;
  for (let n = 0; n < batchSize; n++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++)
        for (let channel = 0; channel < outChannels; channel++) {
          let sum = 0;
          for (let i = 0; i < filterHeight; i++) {
            const y = row * strideHeight - padInfo.top + i * dilationHeight;
            if (y < 0 || y >= inHeight) continue;
            for (let j = 0; j < filterWidth; j++) {
              const z = column * strideWidth - padInfo.left + j * dilationWidth;
              if (z < 0 || z >= inWidth) continue;
              const from = ((n * inHeight + y) * inWidth + z) * inChannels;
              if (depthwise) {
                // Channel q of the input, m-th of its outputs; the filter is [height, width, q, m].
                const weight = (i * filterWidth + j) * outChannels + channel;
                sum += x[from + Math.floor(channel / multiplier)] * filter[weight];
                continue;
              }
              for (let c = 0; c < inChannels; c++)
                sum += x[from + c] * filter[((i * filterWidth + j) * inChannels + c) * outChannels + channel];
            }
          }
          out[at++] = sum;
        }
}

function finish(
  out: Float32Array,
  channels: number,
  bias: Float32Array | undefined,
  { activation, slopes }: { readonly activation: string; readonly slopes: Float32Array },
): void {
  for (let i = 0; i < out.length; i++) {
    const channel = i % channels;
    const sum = out[i] + (bias ? bias[bias.length === 1 ? 0 : channel] : 0);
    out[i] = activated(sum, activation, slopes[slopes.length === 1 ? 0 : channel]);
  }
}

function activated(x: number, activation: string, slope: number): number {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return Math.max(x, 0);
    case 'relu6':
      return Math.min(Math.max(x, 0), 6);
    case 'elu':
      return x < 0 ? Math.expm1(x) : x;
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
    case 'leakyrelu':
    case 'prelu':
      return x < 0 ? slope * x : x;
    default:
      throw new Error(`${activation}: the wasm backend does not have this activation`);
  }
}

interface PoolAttributes<Size> {
  readonly filterSize: Size;
  readonly strides: Size;
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: 'NDHWC' | 'NCDHW';
  readonly includeBatchInIndex?: boolean;
}

type Size2 = number | [number, number];
type Size3 = number | [number, number, number];

function flatPool(kind: 'avg' | 'max'): HeapKernel<{ x: TensorInfo }, PoolAttributes<Size2>> {
  return ({ inputs: { x }, attributes, backend }) => {
    if (x.dtype !== 'float32') return undefined;
    const info = flatInfo(x, attributes);
    const cells = info.filterHeight * info.filterWidth;
    if (largest(viewOf(backend, x, 'float32')) * cells <= LARGEST_FLOAT) return undefined;
    const out = backend.makeOutput(info.outShape, 'float32');
    pool(kind, withDepth(info), backend, x, out);
    return out;
  };
}

function flatInfo(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes<Size2>) {
  const shape = x.shape as [number, number, number, number];
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

const deepPool: HeapKernel<{ x: TensorInfo }, PoolAttributes<Size3>> = ({ inputs, attributes, backend }) => {
  const { x } = inputs;
  const { filterSize, strides, pad, dimRoundingMode, dataFormat = 'NDHWC' } = attributes;
  if (x.dtype !== 'float32' || dataFormat !== 'NDHWC' || typeof pad === 'object') return undefined;
  const shape = x.shape as [number, number, number, number, number];
  const info = backend_util.computePool3DInfo(
    shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
    dataFormat,
  );
  const out = backend.makeOutput(info.outShape, 'float32');
  pool('max', info, backend, x, out);
  return out;
};

const poolWithPlaces: HeapKernel<{ x: TensorInfo }, PoolAttributes<Size2>> = (call) => {
  const { x } = call.inputs;
  if (x.dtype !== 'float32') return undefined;
  const { backend, attributes } = call;
  const info = flatInfo(x, attributes);
  const out = backend.makeOutput(info.outShape, 'float32');
  const places = backend.makeOutput(info.outShape, 'int32');
  pool('max', withDepth(info), backend, x, out, {
    places,
    wholeBatch: attributes.includeBatchInIndex ?? false,
  });
  return [out, places];
};

type Windows = Pick<
  backend_util.Conv3DInfo,
  | 'batchSize'
  | 'inDepth'
  | 'inHeight'
  | 'inWidth'
  | 'inChannels'
  | 'outDepth'
  | 'outHeight'
  | 'outWidth'
  | 'filterDepth'
  | 'filterHeight'
  | 'filterWidth'
  | 'strideDepth'
  | 'strideHeight'
  | 'strideWidth'
> & { readonly padInfo: { readonly front: number; readonly top: number; readonly left: number } };

function withDepth(info: backend_util.Conv2DInfo): Windows {
  const { top, left } = info.padInfo;
  const depth = { inDepth: 1, outDepth: 1, filterDepth: 1, strideDepth: 1 };
  return { ...info, ...depth, padInfo: { front: 0, top, left } };
}

/** A window with NaN in it gives NaN. What lies outside the input counts as nothing. */
function pool(
  kind: 'avg' | 'max',
  info: Windows,
  backend: WasmBackend,
  source: TensorInfo,
  target: TensorInfo,
  { places, wholeBatch = false }: { readonly places?: TensorInfo; readonly wholeBatch?: boolean } = {},
): void {
  const x = viewOf(backend, source, 'float32');
  const out = viewOf(backend, target, 'float32');
  const found = places && viewOf(backend, places, 'int32');
  const { batchSize, inDepth, inHeight, inWidth, inChannels, outDepth, outHeight, outWidth, padInfo } = info;
  const inSize = inDepth * inHeight * inWidth * inChannels;
  let at = 0;
  for (let n = 0; n < batchSize; n++)
    for (let slice = 0; slice < outDepth; slice++)
      for (let row = 0; row < outHeight; row++)
        for (let column = 0; column < outWidth; column++)
          for (let channel = 0; channel < inChannels; channel++) {
            let sum = 0;
            let cells = 0;
            let most = Number.NEGATIVE_INFINITY;
            let place = -1;
            for (let k = 0; k < info.filterDepth; k++) {
              const d = slice * info.strideDepth - padInfo.front + k;
              if (d < 0 || d >= inDepth) continue;
              for (let i = 0; i < info.filterHeight; i++) {
                const y = row * info.strideHeight - padInfo.top + i;
                if (y < 0 || y >= inHeight) continue;
                for (let j = 0; j < info.filterWidth; j++) {
                  const z = column * info.strideWidth - padInfo.left + j;
                  if (z < 0 || z >= inWidth) continue;
                  const here = ((d * inHeight + y) * inWidth + z) * inChannels + channel;
                  const value = x[n * inSize + here];
                  sum += value;
                  cells++;
                  if (place === -1 || value > most || (Number.isNaN(value) && !Number.isNaN(most))) {
                    most = value;
                    place = here;
                  }
                }
              }
            }
            if (found) found[at] = wholeBatch ? n * inSize + place : place;
            out[at++] = kind === 'max' ? most : sum / cells;
          }
}
