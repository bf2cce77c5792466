import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '@throughtime/contract';

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
    const tensors = [...parameterTensors(parameters).values()];
    const weights = new Map(parameters.map(({ name }, i) => [name, tensors[i]]));
    // Not tf.valueAndGrads, which refuses a parameter that the loss does not depend on: its gradient is zero.
    const { value, grads } = tf.engine().gradients(() => loss(weights), tensors, undefined, true);
    parameters.forEach(({ gradient }, i) => {
      const computed: tf.Tensor | undefined = grads[i];
      if (computed) gradient.set(computed.dataSync());
      else gradient.fill(0);
    });
    return value.dataSync()[0];
  });
}
