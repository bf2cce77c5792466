import * as tf from '@tensorflow/tfjs-core';
import { FusedPathError } from '../errors.js';
import type { LayerPass } from './layer-pass.js';

const forwardName = 'ThroughtimeRecurrentLayer';
const backwardName = 'ThroughtimeRecurrentLayerGradient';

/** Runs a pass as one tfjs operation with a registered gradient. */
export function runLayerKernel(pass: LayerPass, tensors: readonly tf.Tensor[]): tf.Tensor[] {
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
