import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import type { LayerWeights } from '../cells/cell.js';
import { FusedPathError } from '../errors.js';
import type { ResolvedConfig } from '../recurrent-config.js';
import { engineCell } from './fused-obstacle.js';
import { LayerPass, type LayerPassOptions } from './layer-pass.js';

const forwardName = 'ThroughtimeRecurrentLayer';
const backwardName = 'ThroughtimeRecurrentLayerGradient';

/**
 * Does what `unrollLayer` does on the reference path, as one operation in the engine.
 * @param inputs [N, T, D]
 * @returns outputs [N, T, H], 0 outside a row's sequence; the state after the last valid step
 */
export function unrollFusedLayer(
  config: ResolvedConfig,
  { input, recurrent }: LayerWeights,
  inputs: tf.Tensor3D,
  start: LayerState<tf.Tensor2D>,
  options: Pick<LayerPassOptions, 'reverse' | 'lengths' | 'stateMask'>,
): { outputs: tf.Tensor3D; state: LayerState<tf.Tensor2D> } {
  const isLstm = config.cell === 'lstm';
  const tensors = [inputs, input.weight, recurrent!.weight, input.bias!, recurrent!.bias!, start.h];
  if (isLstm) tensors.push(start.c!);
  const pass = new LayerPass({
    cell: engineCell(config),
    ...options,
    training: tf.engine().isTapeOn(),
  });
  const [outputs, h, c] = runLayerKernel(pass, tensors.map(asFloats));
  return {
    outputs: outputs as tf.Tensor3D,
    state: isLstm ? { h: h as tf.Tensor2D, c: c as tf.Tensor2D } : { h: h as tf.Tensor2D },
  };
}

/** The reference path takes tensors of whole numbers; so does this one. */
function asFloats(tensor: tf.Tensor): tf.Tensor {
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}

/** Runs a pass as one tfjs operation with a registered gradient. */
function runLayerKernel(pass: LayerPass, tensors: readonly tf.Tensor[]): tf.Tensor[] {
  register(tf.getBackend());
  const [token, ...results] = runKernel(forwardName, tensors, pass);
  token.dispose(); // a tape holds its own clone
  return results;
}

function runKernel(name: string, tensors: readonly tf.Tensor[], pass: LayerPass): tf.Tensor[] {
  // tfjs accepts a list where it declares an object of tensors, as its own Concat does. It passes attributes on unchanged.
  const inputs = tensors as unknown as tf.NamedTensorMap;
  const attributes = { pass } as unknown as tf.NamedAttrMap;
  return tf.engine().runKernel(name, inputs, attributes) as tf.Tensor[];
}

/** A kernel's call in our types. */
interface KernelCall {
  readonly inputs: readonly tf.TensorInfo[];
  readonly attrs: { readonly pass: LayerPass };
  readonly backend: tf.KernelBackend;
}

function register(backendName: string): void {
  if (tf.getKernel(forwardName, backendName)) return;
  const add = (kernelName: string, run: (call: KernelCall) => tf.Tensor[]) =>
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: (call) => run(call as unknown as KernelCall),
    });
  add(forwardName, ({ inputs, attrs, backend }) => attrs.pass.forward(backend, inputs));
  add(backwardName, ({ inputs, attrs, backend }) => attrs.pass.backward(backend, inputs));
  registerGradients();
}

function registerGradients(): void {
  if (tf.getGradient(forwardName)) return;
  tf.registerGradient({
    kernelName: forwardName,
    saveAllInputs: true,
    outputsToSave: [true], // the token
    gradFunc: (gradients, saved, attributes) => {
      const [, ...wanted] = gradients as tf.Tensor[];
      const { pass } = attributes as unknown as KernelCall['attrs'];
      const results = runKernel(backwardName, [...wanted, ...saved.slice(0, -1)], pass);
      return results.map((result) => () => result) as unknown as ReturnType<tf.GradFunc>;
    },
  });
  tf.registerGradient({
    kernelName: backwardName,
    gradFunc: () => {
      throw new FusedPathError("'reference' for gradients of gradients, which the fused path does not have");
    },
  });
}
