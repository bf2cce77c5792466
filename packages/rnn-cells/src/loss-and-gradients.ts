import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '@throughtime/contract';

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

/**
 * Computes a loss by tfjs operations and overwrites every parameter's `gradient`. No tensor is left behind.
 * @param loss takes the parameters as tensors by their full names and returns a scalar. If it has more to hand out, such as a
 *   state, it must read the tensors before it returns
 * @returns the loss
 */
export function lossAndGradients(
  parameters: readonly Parameter[],
  loss: (weights: ReadonlyMap<string, tf.Tensor>) => tf.Scalar,
): number {
  return tf.tidy(() => {
    const tensors = [...parameterTensors(parameters).values()];
    const weights = new Map(parameters.map(({ name }, i) => [name, tensors[i]]));
    // Not tf.valueAndGrads: it refuses a parameter that the loss does not depend on. Here its gradient is zero.
    const { value, grads } = tf.engine().gradients(() => loss(weights), tensors, undefined, true);
    parameters.forEach(({ gradient }, i) => {
      const computed: tf.Tensor | undefined = grads[i];
      if (computed) gradient.set(computed.dataSync());
      else gradient.fill(0);
    });
    return value.dataSync()[0];
  });
}
