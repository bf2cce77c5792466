import type { GradFunc, NamedTensorMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import {
  backend,
  ClipByValue,
  engine,
  getBackend,
  getGradient,
  mul,
  registerGradient,
  Sigmoid,
  square,
  sub,
  Tanh,
  util,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { Binary } from '../generated/commands.js';
import { arithmeticKernel } from './binary-kernels.js';
import { heapKernels } from './heap-kernels.js';
import { type HeapCall, replaceKernel } from './replace-kernel.js';
import { addressOf, type WasmBackend } from './wasm-backend.js';

/**
 * Gradients of a recurrent step's activations as one kernel each, where tfjs-core composes three to six: most of a small
 * step's time goes into calling kernels. On other backends tfjs-core's own gradients stay.
 */
export function replaceActivationGradients(): void {
  const tanhGradient = arithmeticKernel(Binary.TANH_GRADIENT);
  const sigmoidGradient = arithmeticKernel(Binary.SIGMOID_GRADIENT);
  const ofOutput = ({ inputs: { y, dy }, ...call }: HeapCall<OutputInputs, unknown>) => ({
    ...call,
    inputs: { a: y, b: dy },
  });
  replaceKernel<OutputInputs, unknown>(TANH_GRADIENT, (call) => tanhGradient(ofOutput(call)));
  replaceKernel<OutputInputs, unknown>(SIGMOID_GRADIENT, (call) => sigmoidGradient(ofOutput(call)));
  replaceKernel(CLIP_GRADIENT, clipGradient);

  replaceGradient(Tanh, (dy, [y]) => run(TANH_GRADIENT, { y, dy }));
  replaceGradient(Sigmoid, (dy, [y]) => run(SIGMOID_GRADIENT, { y, dy }));
  replaceGradient(ClipByValue, (dy, [x], attributes) => run(CLIP_GRADIENT, { x, dy }, attributes));
  registerSecondDerivatives();
}

const TANH_GRADIENT = 'ThroughtimeTanhGradient';
const SIGMOID_GRADIENT = 'ThroughtimeSigmoidGradient';
const CLIP_GRADIENT = 'ThroughtimeClipGradient';

interface OutputInputs {
  /** The activation's result. */
  readonly y: TensorInfo;
  readonly dy: TensorInfo;
}

interface ClipAttributes {
  readonly clipValueMin: number;
  readonly clipValueMax: number;
}

function clipGradient(
  call: HeapCall<{ x: TensorInfo; dy: TensorInfo }, ClipAttributes>,
): TensorInfo | undefined {
  const { inputs, attributes, backend: wasm, heap } = call;
  const { x, dy } = inputs;
  const out = wasm.makeOutput(x.shape, 'float32');
  const [from, gradient, to] = [x, dy, out].map((tensor) => addressOf(wasm, tensor));
  const { clipValueMin, clipValueMax } = attributes;
  heap.clipGradient(from, gradient, to, util.sizeFromShape(x.shape), clipValueMin, clipValueMax);
  return out;
}

function run(kernel: string, inputs: NamedTensorMap, attributes = {}): Tensor {
  return engine().runKernel(kernel, inputs, attributes) as Tensor;
}

/** Our gradients, by the name of the kernel that they belong to. */
const installed = new Map<string, GradFunc>();

type InputGradient = (dy: Tensor, saved: Tensor[], attributes: object) => Tensor;

/** The gradient of a kernel of one float32 input x; elsewhere than on our kernels, that of tfjs-core. */
function replaceGradient(name: string, gradient: InputGradient): void {
  const original = getGradient(name);
  if (!original || original.gradFunc === installed.get(name)) return;
  const gradFunc: GradFunc = (dy, saved, attributes) => {
    const ours =
      !Array.isArray(dy) &&
      getBackend() === 'wasm' &&
      heapKernels(backend() as unknown as WasmBackend) !== undefined &&
      [dy, ...saved].every(({ dtype }) => dtype === 'float32');
    if (!ours) return original.gradFunc(dy, saved, attributes);
    return { x: () => gradient(dy, saved, attributes) };
  };
  installed.set(name, gradFunc);
  registerGradient({ ...original, gradFunc });
}

/** The gradients of the gradients, as plain formulas because they are rare. `d` is the gradient of the gradient's result. */
function registerSecondDerivatives(): void {
  // dy (1 - y^2)
  registerGradient({
    kernelName: TANH_GRADIENT,
    inputsToSave: ['y', 'dy'],
    gradFunc: (d, [y, dy]) => ({
      y: () => mul(mul(d as Tensor, dy), mul(y, -2)),
      dy: () => mul(d as Tensor, sub(1, square(y))),
    }),
  });
  // dy y (1 - y)
  registerGradient({
    kernelName: SIGMOID_GRADIENT,
    inputsToSave: ['y', 'dy'],
    gradFunc: (d, [y, dy]) => ({
      y: () => mul(mul(d as Tensor, dy), sub(1, mul(y, 2))),
      dy: () => mul(d as Tensor, mul(y, sub(1, y))),
    }),
  });
  registerGradient({
    kernelName: CLIP_GRADIENT,
    inputsToSave: ['x'],
    gradFunc: (d, [x], attributes) => ({
      x: () => zerosLike(x),
      dy: () => run(CLIP_GRADIENT, { x, dy: d as Tensor }, attributes),
    }),
  });
}
