import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from './parameter.js';

/**
 * Parameters as tensors, by name without `prefix`; those whose name does not start with it are left out. The
 * caller (or its `tf.tidy`) disposes them.
 */
export function parameterTensors(parameters: Iterable<Parameter>, prefix = ''): Map<string, tf.Tensor> {
  return new Map(
    [...parameters]
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, shape, data }) => [name.slice(prefix.length), tf.tensor(data, [...shape])]),
  );
}

/**
 * Computes a loss by tfjs operations and overwrites every parameter's `gradient` with the loss's. Nothing stays
 * on the tfjs side.
 * @param loss is given the parameters as tensors by their full names and returns a scalar; what else it wants to
 *   hand out (a state) it reads from its tensors before it returns
 * @returns the loss
 */
export function lossAndGradients(
  parameters: readonly Parameter[],
  loss: (weights: ReadonlyMap<string, tf.Tensor>) => tf.Scalar,
): number {
  return tf.tidy(() => {
    const weights = parameterTensors(parameters);
    const valueAndGradients = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
      loss(new Map(parameters.map(({ name }, i) => [name, tensors[i]]))),
    );
    const { value, grads } = valueAndGradients([...weights.values()]);
    grads.forEach((gradient, i) => {
      parameters[i].gradient.set(gradient.dataSync());
    });
    return value.dataSync()[0];
  });
}
