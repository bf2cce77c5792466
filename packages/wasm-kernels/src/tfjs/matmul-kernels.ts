import type { TensorInfo } from '@tensorflow/tfjs-core';
import { _FusedMatMul, BatchMatMul, broadcast_util, util } from '@tensorflow/tfjs-core';
import { Binary, Unary } from '../generated/commands.js';
import { applyInPlace } from './binary-kernels.js';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { multiplyThreaded } from './threaded-product.js';
import { addressOf } from './wasm-backend.js';

interface MatMulInputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface Orientation {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

interface FusedInputs extends MatMulInputs {
  readonly bias?: TensorInfo | null;
  readonly preluActivationWeights?: TensorInfo | null;
}

interface FusedAttributes extends Orientation {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
}

/** Products of matrices: all orientations, batches with broadcasting, bias and activation. */
export function replaceMatMulKernels(): void {
  replaceKernel<MatMulInputs, Orientation>(BatchMatMul, matMul);
  replaceKernel<FusedInputs, FusedAttributes>(_FusedMatMul, fusedMatMul);
}

/** Activations of one number each; `prelu` has weights, and is apart. */
const ACTIVATIONS: Readonly<Record<string, number | undefined>> = {
  relu: Unary.RELU,
  relu6: Unary.RELU6,
  elu: Unary.ELU,
  leakyrelu: Unary.LEAKY_RELU,
  sigmoid: Unary.SIGMOID,
  tanh: Unary.TANH,
};

function fusedMatMul(call: HeapCall<FusedInputs, FusedAttributes>): TensorInfo | undefined {
  const { bias, preluActivationWeights: slopes } = call.inputs;
  const { activation = 'linear', leakyreluAlpha = 0 } = call.attributes;
  const map = ACTIVATIONS[activation];
  if (activation !== 'linear' && map === undefined && !(activation === 'prelu' && slopes)) return undefined;
  if ([bias, slopes].some((tensor) => tensor && tensor.dtype !== 'float32')) return undefined;
  const { backend, heap } = call;
  // With one bias per column, the sums start from it. Any other bias is added afterwards.
  const width = call.inputs.b.shape.at(call.attributes.transposeB ? -2 : -1);
  const perColumn = bias && util.sizeFromShape(bias.shape) === width && bias.shape.at(-1) === width;
  const out = matMul(call, perColumn ? bias : undefined);
  if (!out) return undefined;
  if (bias && !perColumn) applyInPlace(backend, heap, Binary.ADD, out, bias);
  if (activation === 'prelu' && slopes) applyInPlace(backend, heap, Binary.PRELU, out, slopes);
  if (map !== undefined) {
    const address = addressOf(backend, out);
    heap.unary(map, address, address, util.sizeFromShape(out.shape), leakyreluAlpha);
  }
  return out;
}

/** @returns undefined for calls that tfjs refuses: types other than float32, shapes that do not fit */
function matMul(call: HeapCall<MatMulInputs, Orientation>, bias?: TensorInfo): TensorInfo | undefined {
  const { inputs, attributes, backend, heap } = call;
  const { a, b } = inputs;
  const { transposeA = false, transposeB = false } = attributes;
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || a.shape.length < 2 || b.shape.length < 2) {
    return undefined;
  }
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [bDepth, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (k !== bDepth) return undefined;

  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const out = backend.makeOutput([...batch, m, n], 'float32');
  const [aSide, bSide] = [transposeA ? [1, m] : [k, 1], transposeB ? [1, k] : [n, 1]];
  const from = [addressOf(backend, a), addressOf(backend, b), addressOf(backend, out)] as const;
  const biasAddress = bias ? addressOf(backend, bias) : 0;
  const multiply = (aAt: number, bAt: number, cAt: number, rows: number) => {
    const product = { a: aAt, b: bAt, c: cAt, bias: biasAddress, m: rows, n, k, transposeA, transposeB };
    if (multiplyThreaded(backend, product)) return;
    heap.multiply(aAt, aSide[0], aSide[1], bAt, bSide[0], bSide[1], biasAddress, cAt, rows, n, k);
  };

  const count = util.sizeFromShape(batch);
  if (!transposeA && util.sizeFromShape(bBatch) === 1 && util.sizeFromShape(aBatch) === count) {
    multiply(...from, count * m); // one matrix on the right: all rows on the left are one matrix
    return out;
  }
  const [aSteps, bSteps] = [batchSteps(aBatch, batch), batchSteps(bBatch, batch)];
  for (let i = 0; i < count; i++) {
    const aAt = from[0] + indexOf(i, batch, aSteps) * m * k * 4;
    const bAt = from[1] + indexOf(i, batch, bSteps) * k * n * 4;
    multiply(aAt, bAt, from[2] + i * m * n * 4, m);
  }
  return out;
}

/** Matrices from one index to the next along each axis of the result's batch: 0 where broadcast. */
function batchSteps(own: readonly number[], batch: readonly number[]): number[] {
  const steps = new Array<number>(batch.length).fill(0);
  let matrices = 1;
  for (let i = 1; i <= own.length; i++) {
    const size = own[own.length - i];
    if (size !== 1) steps[batch.length - i] = matrices;
    matrices *= size;
  }
  return steps;
}

/** Which matrix of an operand the `index`-th product takes. */
function indexOf(index: number, batch: readonly number[], steps: readonly number[]): number {
  let matrix = 0;
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    matrix += (index % batch[axis]) * steps[axis];
    index = Math.floor(index / batch[axis]);
  }
  return matrix;
}
