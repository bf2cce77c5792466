import type { Parameter } from '@throughtime/contract';
import { ArgumentError } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { Buffers } from './buffers.js';

export interface DenseNetworkOptions {
  /** Sizes from the input to the output: [4, 10, 1] has one hidden layer, [4, 1] is linear regression. */
  readonly sizes: readonly number[];
  /** Draws the starting weights; biases start at 0. */
  readonly random: Random;
  /**
   * 'xavier' (default; Glorot and Bengio 2010): uniform within sqrt(6 / (in + out)), which keeps the spread of signals and gradients from
   * layer to layer. Or 'normal' (standard deviation 0.01, as the chapter's linear regression).
   */
  readonly initial?: 'xavier' | 'normal' | undefined;
  /** What parameter names begin with. Default 'layers': 'layers.0.weight'. */
  readonly prefix?: string | undefined;
}

/**
 * Fully connected layers with ReLU between them, and their gradients by hand. Networks of lags are so small that a library's cost
 * per operation would exceed the arithmetic.
 */
export class DenseNetwork {
  readonly sizes: readonly number[];
  readonly parameters: readonly Parameter[]; // 'layers.0.weight' [out, in], 'layers.0.bias' [out], ...
  /** The inputs of each layer in the last forward pass, and the outputs at the end. */
  #activations: Float32Array[] = [];
  #rows = 0;
  readonly #buffers = new Buffers();

  constructor({ sizes, random, initial = 'xavier', prefix = 'layers' }: DenseNetworkOptions) {
    if (sizes.length < 2 || sizes.some((size) => !Number.isInteger(size) || size < 1)) {
      throw new ArgumentError('sizes', 'at least two whole numbers from 1', sizes.join());
    }
    this.sizes = sizes;
    this.parameters = sizes.slice(1).flatMap((outputs, layer) => {
      const inputs = sizes[layer];
      const bound = Math.sqrt(6 / (inputs + outputs));
      const draw = () => (initial === 'normal' ? 0.01 * random.normal() : bound * (2 * random.uniform() - 1));
      return [
        parameter(`${prefix}.${layer}.weight`, [outputs, inputs], draw),
        parameter(`${prefix}.${layer}.bias`, [outputs], () => 0),
      ];
    });
  }

  /**
   * @param inputs [N, sizes[0]]
   * @returns [N, last size]; valid until the next call
   */
  forward(inputs: Float32Array, rows: number): Float32Array {
    const layers = this.sizes.length - 1;
    this.#rows = rows;
    this.#activations = [inputs];
    for (let layer = 0; layer < layers; layer++) {
      const outputs = this.#affine(layer, this.#activations[layer]); // [N, out]
      if (layer < layers - 1) {
        for (let i = 0; i < outputs.length; i++) if (outputs[i] < 0) outputs[i] = 0;
      }
      this.#activations.push(outputs);
    }
    return this.#activations[layers];
  }

  /**
   * Writes every parameter's gradient, given the loss's gradient [N, last size] at the last forward pass's outputs.
   * @returns the gradient of its inputs, [N, sizes[0]]; valid until the next call
   */
  backward(outputGradient: Float32Array): Float32Array {
    let gradient = outputGradient;
    for (let layer = this.sizes.length - 2; layer >= 0; layer--) {
      const [inputs, outputs] = [this.sizes[layer], this.sizes[layer + 1]];
      const [weight, bias] = this.parameters.slice(2 * layer, 2 * layer + 2);
      const activation = this.#activations[layer]; // [N, in]
      weight.gradient.fill(0);
      bias.gradient.fill(0);
      const below = this.#buffers.take(`gradients ${layer}`, this.#rows * inputs).fill(0);
      for (let row = 0; row < this.#rows; row++) {
        for (let o = 0; o < outputs; o++) {
          const g = gradient[row * outputs + o];
          if (g === 0) continue;
          bias.gradient[o] += g;
          for (let i = 0; i < inputs; i++) {
            weight.gradient[o * inputs + i] += g * activation[row * inputs + i];
            below[row * inputs + i] += g * weight.data[o * inputs + i];
          }
        }
      }
      // ReLU passes the gradient where it passed the signal. There is no ReLU before the first layer.
      if (layer > 0) for (let i = 0; i < below.length; i++) if (activation[i] <= 0) below[i] = 0;
      gradient = below;
    }
    return gradient;
  }

  /** x W^T + b */
  #affine(layer: number, from: Float32Array): Float32Array {
    const [inputs, outputs] = [this.sizes[layer], this.sizes[layer + 1]];
    const [weight, bias] = [this.parameters[2 * layer].data, this.parameters[2 * layer + 1].data];
    const to = this.#buffers.take(`outputs ${layer}`, this.#rows * outputs);
    for (let row = 0; row < this.#rows; row++) {
      for (let o = 0; o < outputs; o++) {
        let sum = bias[o];
        for (let i = 0; i < inputs; i++) sum += from[row * inputs + i] * weight[o * inputs + i];
        to[row * outputs + o] = sum;
      }
    }
    return to;
  }
}

function parameter(name: string, shape: readonly number[], draw: () => number): Parameter {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { name, shape, data: Float32Array.from({ length: size }, draw), gradient: new Float32Array(size) };
}
