import * as tf from '@tensorflow/tfjs-core';
import type { LayerState, Parameter } from '@throughtime/contract';
import { ArgumentError } from '@throughtime/errors';
import { type RecurrentConfig, resolveConfig } from '@throughtime/rnn-cells';
import { computeArrays, parameterTensors, unroll } from '@throughtime/rnn-cells/tfjs';
import { matrix, spectralNorm } from './matrix.js';

/** How much the last state depends on each earlier one. */
export interface JacobianNorms {
  /** ||dh_T/dh_(T-d)|| for d = 0 ... T: the spectral norm, by automatic differentiation. */
  readonly hidden: Float64Array;
  /** ||dh_T/dc_(T-d)||, for a cell with such a state only: the path that its gates keep open. 0 at d = 0. */
  readonly cell?: Float64Array;
}

type State = LayerState<tf.Tensor2D>;

/**
 * How much the last hidden state depends on each earlier one, in one layer of a real cell on real inputs. It runs on the current
 * tfjs backend. The whole Jacobian comes from one backward pass over H equal rows: row i gives the gradient of h_T[i].
 * @param config one layer, one direction, without projection: h is what the layer puts out
 * @param parameters made by `recurrentParameters` of `@throughtime/rnn-cells`
 * @param inputs [T, D], row-major
 * @throws ArgumentError naming the part of the configuration that has no such Jacobian, or the inputs
 */
export async function jacobianNorms(
  config: RecurrentConfig,
  parameters: readonly Parameter[],
  inputs: Float32Array,
): Promise<JacobianNorms> {
  const { inputSize, hiddenSize, cellState: hasCell } = resolveConfig(config);
  const { layers = 1, bidirectional = false, projectionSize } = config;
  if (layers !== 1) throw new ArgumentError('config.layers', '1', layers);
  if (bidirectional) throw new ArgumentError('config.bidirectional', 'false, one direction', bidirectional);
  if (projectionSize !== undefined)
    throw new ArgumentError('config.projectionSize', 'none, h being the whole state', projectionSize);
  const steps = inputs.length / inputSize;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ArgumentError('inputs.length', `T x ${inputSize} values, T at least 1`, inputs.length);
  }
  const zeros = () => tf.zeros([hiddenSize, hiddenSize]) as tf.Tensor2D;
  const jacobians = await computeArrays(() => {
    const weights = parameterTensors(parameters);
    const unitRows = tf.eye(hiddenSize);
    const inputAt = (t: number) => {
      const x = tf.tensor(inputs.slice(t * inputSize, (t + 1) * inputSize), [1, 1, inputSize]);
      return tf.tile(x, [hiddenSize, 1, 1]) as tf.Tensor3D;
    };
    /** Takes zeros to add to h_0 ... h_T, then to c_0 ... c_(T-1): the gradient by these zeros is the one by the state. */
    const lastHidden = (...nudges: tf.Tensor[]): tf.Scalar => {
      let state: State = { h: zeros(), ...(hasCell && { c: zeros() }) };
      for (let t = 0; t < steps; t++) {
        const nudged = nudge(
          state,
          nudges[t] as tf.Tensor2D,
          nudges[steps + 1 + t] as tf.Tensor2D | undefined,
        );
        // One step per call, all on one tape. On the fused path each call would keep a copy of the weights.
        [state] = unroll(config, weights, inputAt(t), [nudged], { path: 'reference' }).state as State[];
      }
      return tf.sum(tf.mul(tf.add(state.h, nudges[steps]), unitRows)) as tf.Scalar;
    };
    const nudges = Array.from({ length: steps + 1 + (hasCell ? steps : 0) }, zeros);
    return tf.grads(lastHidden)(nudges);
  });
  const norms = jacobians.map((values) => spectralNorm(matrix(hiddenSize, hiddenSize, values)));
  const hidden = Float64Array.from(norms.slice(0, steps + 1).reverse());
  // A change of c_T comes too late for h_T: 0 at distance 0.
  return hasCell ? { hidden, cell: Float64Array.from([0, ...norms.slice(steps + 1).reverse()]) } : { hidden };
}

function nudge({ h, c }: State, byHidden: tf.Tensor2D, byCell: tf.Tensor2D | undefined): State {
  return { h: tf.add(h, byHidden), ...(c && byCell && { c: tf.add(c, byCell) as tf.Tensor2D }) };
}
