import {
  type Awaitable,
  type Parameter,
  type StepResult,
  type TrainableModel,
  whenReady,
} from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import type { SequenceNetwork } from '@throughtime/rnn-cells';
import { Buffers } from './buffers.js';
import type { Head } from './heads.js';
import { LinearMap } from './linear-map.js';

/** N windows, each scaled by itself, and what followed them. */
export interface WindowBatch {
  readonly batchSize: number; // N
  /** Recurrent steps, T: a window of L = T P values is read P values at a time. */
  readonly steps: number;
  readonly inputs: Float32Array; // [N, T, P + C]: values, and the features of the step after them
  readonly window: Float32Array; // [N, L]
  readonly ahead: Float32Array; // [N, H, C]: the features of the steps to forecast
  readonly targets: Float32Array; // [N, H], NaN where missing
  /** [N]: what an error of 1 in the window's units counts. */
  readonly weights: Float32Array;
}

export interface WindowModelOptions {
  readonly network: SequenceNetwork;
  readonly head: Head;
  readonly horizon: number; // H
  readonly windowLength: number; // L
  readonly featureWidth: number; // C
  /** Steps of a season that windows hold; the untrained model repeats the last one. */
  readonly period: number;
  readonly random: Random;
  /** What parameter names begin with. */
  readonly prefix: string;
}

/**
 * A recurrent network beside a linear map of the whole window (the autoregressive highway of LSTNet, Lai et al. 2018). The sum gives all
 * steps of the horizon at once: the linear part is the same for every quantile, and the network says what it misses and how unsure it
 * is. Before training the linear part repeats the last season, and the network adds next to nothing.
 */
export class WindowModel implements TrainableModel<WindowBatch, readonly []> {
  readonly parameters: readonly Parameter[];
  readonly #network: SequenceNetwork;
  readonly #head: Head;
  readonly #horizon: number;
  readonly #featureWidth: number;
  readonly #readout: LinearMap;
  readonly #bias: Parameter; // [H, Q]
  readonly #highway: LinearMap;
  readonly #features: Parameter; // [C]: the same at every step
  readonly #buffers = new Buffers();

  constructor(options: WindowModelOptions) {
    const { network, head, horizon, windowLength, featureWidth, period, random, prefix } = options;
    this.#network = network;
    this.#head = head;
    this.#horizon = horizon;
    this.#featureWidth = featureWidth;
    this.#readout = new LinearMap(`${prefix}readout.weight`, {
      inputs: network.hiddenSize,
      outputs: horizon * head.size,
    });
    const { data } = this.#readout.weight;
    for (let i = 0; i < data.length; i++) data[i] = 0.01 * random.normal();
    this.#bias = zeros(`${prefix}readout.bias`, horizon * head.size);
    this.#highway = new LinearMap(`${prefix}highway.weight`, { inputs: windowLength, outputs: horizon });
    for (let step = 0; step < horizon; step++) {
      this.#highway.weight.data[step * windowLength + windowLength - period + (step % period)] = 1;
    }
    this.#features = zeros(`${prefix}features.weight`, featureWidth);
    this.parameters = [
      ...network.parameters,
      this.#readout.weight,
      this.#bias,
      this.#highway.weight,
      ...(featureWidth > 0 ? [this.#features] : []),
    ];
  }

  initialState(): readonly [] {
    return [];
  }

  /** The head's outputs, [N, H, head.size]; valid until the next call. */
  outputs(batch: Omit<WindowBatch, 'targets' | 'weights'>, training = false): Awaitable<Float32Array> {
    const { batchSize, steps, inputs } = batch;
    const network = this.#network;
    const forward = network.forward(
      inputs,
      network.initialState(batchSize),
      { batchSize, steps },
      { training },
    );
    return whenReady(forward, ({ outputs }) => this.#read(outputs, batch));
  }

  lossAndGradients(batch: WindowBatch): Awaitable<StepResult<readonly []>> {
    return whenReady(this.outputs(batch, true), (outputs) => {
      const { loss, predictions, gradient } = this.#loss(outputs, batch);
      return whenReady(this.#network.backward(this.#backward(gradient, batch)), () => ({
        loss,
        predictions,
        state: [] as const,
      }));
    });
  }

  evaluate(batch: WindowBatch): Awaitable<StepResult<readonly []>> {
    return whenReady(this.outputs(batch), (outputs) => {
      const { loss, predictions } = this.#loss(outputs, batch);
      return { loss, predictions, state: [] as const };
    });
  }

  #read(hidden: Float32Array, { batchSize, steps, window, ahead }: Omit<WindowBatch, 'targets' | 'weights'>) {
    const { hiddenSize } = this.#network;
    const [horizon, size] = [this.#horizon, this.#head.size];
    const last = this.#buffers.take('last', batchSize * hiddenSize);
    for (let row = 0; row < batchSize; row++) {
      const end = (row + 1) * steps * hiddenSize;
      last.set(hidden.subarray(end - hiddenSize, end), row * hiddenSize);
    }
    const linear = this.#buffers.take('linear', batchSize * horizon).fill(0);
    this.#highway.addForward(window, linear, batchSize);
    const width = this.#featureWidth;
    for (let cell = 0; cell < linear.length && width > 0; cell++) {
      for (let f = 0; f < width; f++) linear[cell] += this.#features.data[f] * ahead[cell * width + f];
    }
    const outputs = this.#buffers.take('outputs', batchSize * horizon * size);
    for (let cell = 0; cell < linear.length; cell++) {
      const bias = (cell % horizon) * size;
      for (let q = 0; q < size; q++) outputs[cell * size + q] = linear[cell] + this.#bias.data[bias + q];
    }
    this.#readout.addForward(last, outputs, batchSize);
    return outputs;
  }

  /** The weighted mean of the head's losses, and its gradient. */
  #loss(outputs: Float32Array, { targets, weights, batchSize }: WindowBatch) {
    const head = this.#head;
    const horizon = this.#horizon;
    const gradient = this.#buffers.take('gradient', outputs.length).fill(0);
    let [sum, predictions] = [0, 0];
    for (let row = 0; row < batchSize; row++) {
      for (let cell = row * horizon; cell < (row + 1) * horizon; cell++) {
        if (Number.isNaN(targets[cell])) continue;
        const at = cell * head.size;
        sum += weights[row] * head.lossAndGradient(outputs, at, targets[cell], gradient);
        for (let q = 0; q < head.size; q++) gradient[at + q] *= weights[row];
        predictions++;
      }
    }
    if (predictions === 0) return { loss: 0, predictions, gradient };
    for (let i = 0; i < gradient.length; i++) gradient[i] /= predictions;
    return { loss: sum / predictions, predictions, gradient };
  }

  /** Writes the gradients of all but the network, and returns that at the network's outputs, [N, T, hiddenSize]. */
  #backward(gradient: Float32Array, { batchSize, steps, window, ahead }: WindowBatch): Float32Array {
    const { hiddenSize } = this.#network;
    const [horizon, size, width] = [this.#horizon, this.#head.size, this.#featureWidth];
    const linear = this.#buffers.take('linear gradient', batchSize * horizon).fill(0);
    this.#bias.gradient.fill(0);
    this.#features.gradient.fill(0);
    for (let cell = 0; cell < linear.length; cell++) {
      const bias = (cell % horizon) * size;
      for (let q = 0; q < size; q++) {
        linear[cell] += gradient[cell * size + q];
        this.#bias.gradient[bias + q] += gradient[cell * size + q];
      }
      for (let f = 0; f < width; f++) this.#features.gradient[f] += linear[cell] * ahead[cell * width + f];
    }
    this.#highway.writeGradient(window, linear, batchSize);
    const last = this.#buffers.take('last', batchSize * hiddenSize);
    this.#readout.writeGradient(last, gradient, batchSize);
    const below = this.#buffers.take('below', batchSize * hiddenSize);
    this.#readout.writeInputGradient(gradient, below, batchSize);
    const atOutputs = this.#buffers.take('at outputs', batchSize * steps * hiddenSize).fill(0);
    for (let row = 0; row < batchSize; row++) {
      const end = (row + 1) * steps * hiddenSize;
      atOutputs.set(below.subarray(row * hiddenSize, (row + 1) * hiddenSize), end - hiddenSize);
    }
    return atOutputs;
  }
}

function zeros(name: string, size: number): Parameter {
  return { name, shape: [size], data: new Float32Array(size), gradient: new Float32Array(size) };
}
