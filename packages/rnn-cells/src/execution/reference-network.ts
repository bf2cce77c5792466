// A recurrent network in plain tfjs operations, for heads that work on plain arrays.
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '@throughtime/contract';
import type { ResolvedConfig } from '../parameters/recurrent-config.js';
import type { ChunkShape, SequenceOutputs, SequenceState } from './sequences.js';
import {
  computeArrays,
  flatState,
  lossAndGradients,
  parameterTensors,
  shapedState,
  stateTensors,
} from './tensors.js';
import { unroll } from './unroll.js';

interface Network {
  readonly config: ResolvedConfig;
  readonly parameters: readonly Parameter[];
  /** What the names of the parameters begin with. */
  readonly prefix: string;
}

interface SequenceCall {
  readonly inputs: Float32Array;
  readonly state: SequenceState;
  readonly shape: ChunkShape;
}

export async function sequenceForward(
  { config, parameters, prefix }: Network,
  { inputs, state, shape }: SequenceCall,
): Promise<SequenceOutputs> {
  const [outputs, ...after] = await computeArrays(() => {
    const weights = parameterTensors(parameters, prefix);
    const start = stateTensors(state, shape.batchSize);
    const unrolled = unroll(config, weights, inputTensor(config, inputs, shape), start, {
      path: 'reference',
    });
    return [unrolled.outputs, ...flatState(unrolled.state)];
  });
  return { outputs, state: shapedState(state, after) };
}

/**
 * The gradients of the inner product of the outputs (and the last state) with the gradients given: the forward pass runs again.
 * Overwrites every parameter's gradient; returns that of the state before the first step.
 */
export async function sequenceBackward(
  { config, parameters, prefix }: Network,
  call: SequenceCall & {
    readonly outputGradient: Float32Array;
    readonly stateGradient: SequenceState | undefined;
  },
): Promise<SequenceState> {
  const { inputs, state, shape, outputGradient, stateGradient } = call;
  const { batchSize, steps } = shape;
  const initial = flatState(state).map((data, i): Parameter => {
    const gradient = new Float32Array(data.length);
    return { name: `state ${i}`, shape: [batchSize, data.length / batchSize], data, gradient };
  });
  await lossAndGradients([...parameters, ...initial], (tensors) => {
    const weights = new Map(parameters.map(({ name }) => [name.slice(prefix.length), tensors.get(name)!]));
    const start = shapedState(
      state,
      initial.map(({ name }) => tensors.get(name) as tf.Tensor2D),
    );
    const after = unroll(config, weights, inputTensor(config, inputs, shape), start, { path: 'reference' });
    const width = outputGradient.length / (batchSize * steps);
    const terms = [tf.sum(tf.mul(after.outputs, tf.tensor3d(outputGradient, [batchSize, steps, width])))];
    if (stateGradient !== undefined) {
      const wanted = flatState(stateTensors(stateGradient, batchSize));
      flatState(after.state).forEach((tensor, i) => {
        terms.push(tf.sum(tf.mul(tensor, wanted[i])));
      });
    }
    return tf.addN(terms) as tf.Scalar;
  });
  return shapedState(
    state,
    initial.map(({ gradient }) => gradient),
  );
}

function inputTensor(
  { inputSize }: ResolvedConfig,
  inputs: Float32Array,
  { batchSize, steps }: ChunkShape,
): tf.Tensor3D {
  return tf.tensor3d(inputs, [batchSize, steps, inputSize]);
}
