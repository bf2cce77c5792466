import * as tf from '@tensorflow/tfjs-core';
import type { LayerState, Parameter } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import {
  parameterTensors,
  type RecurrentConfig,
  recurrentParameters,
  stateArrays,
  stateTensors,
  unroll,
  zeroState,
} from '@throughtime/rnn-cells';
import type { ChunkShape, SequenceExecutor, SequenceOutputs, SequenceState } from './sequence-executor.js';

/**
 * The readable path: rnn-cells' `unroll` in plain tfjs operations on whichever backend is set. The backward pass runs the forward pass
 * again, because it differentiates the inner product of the outputs and their gradients.
 */
export class ReferenceExecutor implements SequenceExecutor {
  readonly parameters: readonly Parameter[];
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly #config: RecurrentConfig;
  readonly #prefix: string;
  #last: { inputs: Float32Array; state: SequenceState; shape: ChunkShape } | undefined;

  constructor(config: RecurrentConfig, { random, prefix }: { random: Random; prefix: string }) {
    this.#config = config;
    this.inputSize = config.inputSize;
    this.hiddenSize = config.hiddenSize;
    this.#prefix = prefix;
    this.parameters = recurrentParameters(config, { random, prefix });
  }

  initialState(batchSize: number): SequenceState {
    return zeroState(this.#config, batchSize);
  }

  forward(inputs: Float32Array, state: SequenceState, shape: ChunkShape): SequenceOutputs {
    this.#last = { inputs, state, shape };
    return tf.tidy(() => {
      const weights = parameterTensors(this.parameters, this.#prefix);
      const unrolled = unroll(
        this.#config,
        weights,
        this.#inputTensor(),
        stateTensors(state, shape.batchSize),
        { path: 'reference' },
      );
      return { outputs: unrolled.outputs.dataSync<'float32'>().slice(), state: stateArrays(unrolled.state) };
    });
  }

  backward(outputGradient: Float32Array, stateGradient?: SequenceState): SequenceState {
    if (this.#last === undefined) throw new Error('backward: expected a forward pass before it');
    const { state, shape } = this.#last;
    const { batchSize, steps } = shape;
    return tf.tidy(() => {
      const names = this.parameters.map(({ name }) => name.slice(this.#prefix.length));
      const weights = [...parameterTensors(this.parameters, this.#prefix).values()];
      const start = stateTensors(state, batchSize).flatMap(flatState);
      const gradient = tf.tensor3d(outputGradient, [
        batchSize,
        steps,
        outputGradient.length / (batchSize * steps),
      ]);
      const inputs = this.#inputTensor();
      const inner = (...tensors: tf.Tensor[]): tf.Scalar => {
        const named = new Map(names.map((name, i) => [name, tensors[i]]));
        const before = shapedState(state, tensors.slice(names.length) as tf.Tensor2D[]);
        const after = unroll(this.#config, named, inputs, before, { path: 'reference' });
        const terms: tf.Scalar[] = [tf.sum(tf.mul(after.outputs, gradient))];
        if (stateGradient !== undefined) {
          const wanted = stateTensors(stateGradient, batchSize).flatMap(flatState);
          after.state.flatMap(flatState).forEach((tensor, i) => {
            terms.push(tf.sum(tf.mul(tensor, wanted[i])));
          });
        }
        return tf.addN(terms) as tf.Scalar;
      };
      const gradients = tf.grads(inner)([...weights, ...start]);
      this.parameters.forEach((parameter, i) => {
        parameter.gradient.set(gradients[i].dataSync<'float32'>());
      });
      return stateArrays(shapedState(state, gradients.slice(names.length) as tf.Tensor2D[]));
    });
  }

  #inputTensor(): tf.Tensor3D {
    const { inputs, shape } = this.#last!;
    return tf.tensor3d(inputs, [shape.batchSize, shape.steps, this.inputSize]);
  }
}

function flatState({ h, c }: LayerState<tf.Tensor2D>): tf.Tensor2D[] {
  return c ? [h, c] : [h];
}

/** The inverse of flattening: as many tensors, in the shape of `like`. */
function shapedState(like: SequenceState, flat: readonly tf.Tensor2D[]): LayerState<tf.Tensor2D>[] {
  let at = 0;
  return like.map(({ c }) => (c ? { h: flat[at++], c: flat[at++] } : { h: flat[at++] }));
}
