// Between plain arrays and tensors. Everything that reads a tensor is asynchronous, so that it runs on WebGPU too.
import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerState, Parameter } from '@throughtime/contract';
import { ReferencePathError } from '../errors.js';

/** Plain state as tensors [N, H], which the caller (or its `tf.tidy`) disposes. */
export function stateTensors(state: readonly LayerState[], batchSize: number): LayerState<tf.Tensor2D>[] {
  const tensor = (values: Float32Array) => tf.tensor2d(values, [batchSize, values.length / batchSize]);
  return state.map(({ h, c }) => (c ? { h: tensor(h), c: tensor(c) } : { h: tensor(h) }));
}

/** The numbers of a state: detached from whatever computed them. The tensors stay the caller's. */
export async function stateArrays(state: readonly LayerState<tf.Tensor>[]): Promise<LayerState[]> {
  const arrays = await readArrays(flatState(state));
  return shapedState(state, arrays);
}

/** A state's entries in order, h before c. */
export function flatState<T>(state: readonly LayerState<T>[]): T[] {
  return state.flatMap(({ h, c }) => (c === undefined ? [h] : [h, c]));
}

/** The inverse of {@link flatState}: as many entries, in the form of `like`. */
export function shapedState<T>(like: readonly LayerState<unknown>[], flat: readonly T[]): LayerState<T>[] {
  let at = 0;
  return like.map(({ c }) => (c === undefined ? { h: flat[at++] } : { h: flat[at++], c: flat[at++] }));
}

/** The numbers of tensors, copied. The tensors stay the caller's. */
export function readArrays(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  return Promise.all(tensors.map(async (tensor) => (await tensor.data<'float32'>()).slice()));
}

/** Waits for the backend that is set, or for the best one that the program has imported. */
async function backendReady(): Promise<void> {
  if (tf.engine().backendNames().length === 0) {
    throw new ReferencePathError(
      "the reference path needs a tfjs backend: npm install @tensorflow/tfjs-backend-wasm@4.22.0, and import '@tensorflow/tfjs-backend-wasm'",
    );
  }
  await tf.ready();
}

/**
 * Computes tensors by `compute`, reads them, and frees everything.
 * @throws ReferencePathError where the program has no tfjs backend
 */
export async function computeArrays(compute: () => readonly tf.Tensor[]): Promise<Float32Array[]> {
  await backendReady();
  const tensors = tf.tidy(() => [...compute()]);
  try {
    return await readArrays(tensors);
  } finally {
    tf.dispose(tensors);
  }
}

/**
 * Parameters as tensors, by name without `prefix`. Parameters of other names are left out. The caller (or its `tf.tidy`)
 * disposes the tensors.
 */
export function parameterTensors(parameters: Iterable<Parameter>, prefix = ''): Map<string, tf.Tensor> {
  return new Map(
    [...parameters]
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, shape, data }) => [name.slice(prefix.length), tf.tensor(data, [...shape])]),
  );
}

/** A loss, and what else is wanted of its computation. */
export interface LossWithReadings {
  /** A scalar: what is differentiated. */
  readonly loss: tf.Scalar;
  /** Tensors whose numbers are wanted too, such as a state. */
  readonly read: readonly tf.Tensor[];
}

/**
 * Computes a loss by tfjs operations and overwrites every parameter's `gradient`. No tensor is left behind.
 * @param loss takes the parameters as tensors by their full names and returns a scalar, with it the tensors to be read, such as a state
 * @returns the loss, and the numbers of the tensors in `read`
 * @throws ReferencePathError where the program has no tfjs backend
 */
export async function lossAndGradients(
  parameters: readonly Parameter[],
  loss: (weights: ReadonlyMap<string, tf.Tensor>) => tf.Scalar | LossWithReadings,
): Promise<{ readonly loss: number; readonly read: Float32Array[] }> {
  await backendReady();
  const kept: tf.Tensor[] = [];
  const results: tf.Tensor[] = [];
  try {
    const { value, gradients } = differentiate(parameters, (weights) => {
      const result = loss(weights);
      if (result instanceof tf.Tensor) return result;
      // The forward pass ends with its tensors; clones outlive it.
      for (const tensor of result.read) kept.push(tf.keep(tf.clone(tensor)));
      return result.loss;
    });
    results.push(value, ...gradients.filter((gradient) => gradient !== undefined));
    const [[computed], read, arrays] = await Promise.all([
      value.data(),
      readArrays(kept),
      Promise.all(gradients.map((gradient) => gradient?.data<'float32'>())),
    ]);
    parameters.forEach(({ gradient }, i) => {
      const values = arrays[i];
      if (values) gradient.set(values);
      else gradient.fill(0);
    });
    return { loss: computed, read };
  } finally {
    tf.dispose([...kept, ...results]);
  }
}

/** The loss and its gradient by each parameter, undefined where the loss does not depend on it. */
function differentiate(
  parameters: readonly Parameter[],
  loss: (weights: ReadonlyMap<string, tf.Tensor>) => tf.Scalar,
): { value: tf.Scalar; gradients: (tf.Tensor | undefined)[] } {
  return tf.tidy(() => {
    const tensors = parameters.map(({ data, shape }) => tf.tensor(data, [...shape]));
    const weights = new Map(parameters.map(({ name }, i) => [name, tensors[i]]));
    // Not tf.valueAndGrads: it refuses a parameter that the loss does not depend on.
    const { value, grads } = tf.engine().gradients(() => loss(weights), tensors, undefined, true);
    return {
      value: value as tf.Scalar,
      gradients: parameters.map((_, i) => grads[i] as tf.Tensor | undefined),
    };
  });
}
