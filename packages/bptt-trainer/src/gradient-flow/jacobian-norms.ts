import * as tf from '@tensorflow/tfjs-core';
import { type Parameter, parameterTensors, type RecurrentConfig, unroll } from '@throughtime/rnn-cells';
import { InvalidArgumentError } from '../errors.js';
import { matrix, spectralNorm } from './matrix.js';

export interface JacobianNorms {
  /** ||dh_T/dh_(T-d)|| for d = 0 ... T: the spectral norm, by automatic differentiation. */
  readonly hidden: Float64Array;
  /** ||dh_T/dc_(T-d)||, of an lstm: the path that its gates keep open. 0 at d = 0. */
  readonly cell?: Float64Array;
}

interface State {
  readonly h: tf.Tensor2D;
  readonly c?: tf.Tensor2D;
}

/**
 * How much the last hidden state depends on each earlier one, in one layer of a real cell on real inputs, on the current tfjs
 * backend. The whole Jacobian comes from one backward pass: H equal rows, of which row i is asked for the gradient of h_T[i].
 * @param config one layer, one direction
 * @param parameters as `recurrentParameters` of `@throughtime/rnn-cells` makes them
 * @param inputs [T, D], row-major
 * @throws InvalidArgumentError
 */
export function jacobianNorms(
  config: RecurrentConfig,
  parameters: readonly Parameter[],
  inputs: Float32Array,
): JacobianNorms {
  const { inputSize, hiddenSize: size, cell } = config;
  if ((config.layers ?? 1) !== 1) throw new InvalidArgumentError('config.layers', 'one layer', config.layers);
  const steps = inputs.length / inputSize;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new InvalidArgumentError('inputs', `T x ${inputSize} values, T at least 1`, inputs.length);
  }
  const hasCell = cell === 'lstm';
  const zeros = () => tf.zeros([size, size]) as tf.Tensor2D;
  const jacobians = tf.tidy(() => {
    const weights = parameterTensors(parameters);
    const unitRows = tf.eye(size);
    const inputAt = (t: number) => {
      const x = tf.tensor(inputs.slice(t * inputSize, (t + 1) * inputSize), [1, 1, inputSize]);
      return tf.tile(x, [size, 1, 1]) as tf.Tensor3D;
    };
    /** Zeros added to every h_0 ... h_T, then to every c_0 ... c_(T-1): the gradient by them is that by the state. */
    const lastHidden = (...nudges: tf.Tensor[]): tf.Scalar => {
      let state: State = { h: zeros(), ...(hasCell && { c: zeros() }) };
      for (let t = 0; t < steps; t++) {
        const nudged = nudge(
          state,
          nudges[t] as tf.Tensor2D,
          nudges[steps + 1 + t] as tf.Tensor2D | undefined,
        );
        // One step a call, all on one tape: fused, each would keep a copy of the weights.
        [state] = unroll(config, weights, inputAt(t), [nudged], { path: 'reference' }).state as State[];
      }
      return tf.sum(tf.mul(tf.add(state.h, nudges[steps]), unitRows)) as tf.Scalar;
    };
    const nudges = Array.from({ length: steps + 1 + (hasCell ? steps : 0) }, zeros);
    return tf
      .grads(lastHidden)(nudges)
      .map((jacobian) => jacobian.dataSync<'float32'>());
  });
  const norms = jacobians.map((values) => spectralNorm(matrix(size, size, values)));
  const hidden = Float64Array.from(norms.slice(0, steps + 1).reverse());
  // h_T is read off before c_T could change it.
  return hasCell ? { hidden, cell: Float64Array.from([0, ...norms.slice(steps + 1).reverse()]) } : { hidden };
}

function nudge({ h, c }: State, byHidden: tf.Tensor2D, byCell: tf.Tensor2D | undefined): State {
  return { h: tf.add(h, byHidden), ...(c && byCell && { c: tf.add(c, byCell) as tf.Tensor2D }) };
}
