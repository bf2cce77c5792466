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
import { DenseNetwork } from './dense-network.js';
import type { ExampleBatch } from './examples.js';
import type { Head } from './heads.js';
import { headLoss } from './heads.js';

export interface RecurrentModelOptions {
  readonly network: SequenceNetwork;
  readonly head: Head;
  /** Values predicted at each step that predicts. */
  readonly values: number;
  /** The first step that predicts: 0 for all, the last step's number for the last alone; what comes before warms up. */
  readonly readFrom: number;
  readonly random: Random;
}

/**
 * A recurrent network, read out by an affine map at the steps from `readFrom` on. An example is a sequence [T, D] from the zero
 * state, its targets [T - readFrom, values].
 */
export class RecurrentModel implements TrainableModel<ExampleBatch, readonly []> {
  readonly network: SequenceNetwork;
  readonly head: Head;
  readonly readout: DenseNetwork;
  readonly parameters: readonly Parameter[];
  readonly readFrom: number;
  readonly values: number;
  readonly #buffers = new Buffers();

  constructor({ network, head, values, readFrom, random }: RecurrentModelOptions) {
    this.network = network;
    this.head = head;
    this.readFrom = readFrom;
    this.values = values;
    this.readout = new DenseNetwork({
      sizes: [network.hiddenSize, values * head.size],
      random,
      prefix: 'readout',
    });
    this.parameters = [...network.parameters, ...this.readout.parameters];
  }

  initialState(): readonly [] {
    return [];
  }

  /** The head's outputs at the steps that predict, [N, T - readFrom, values * head.size]. */
  outputs(
    { inputs, batchSize, steps }: Omit<ExampleBatch, 'targets'>,
    training = false,
  ): Awaitable<Float32Array> {
    const { network } = this;
    const state = network.initialState(batchSize);
    return whenReady(network.forward(inputs, state, { batchSize, steps }, { training }), ({ outputs }) => {
      const read = this.#readSteps(outputs, batchSize, steps);
      return this.readout.forward(read, read.length / network.hiddenSize);
    });
  }

  lossAndGradients(batch: ExampleBatch): Awaitable<StepResult<readonly []>> {
    return whenReady(this.outputs(batch, true), (outputs) => {
      const { loss, predictions, gradient } = headLoss(this.head, outputs, batch.targets);
      const backward = this.network.backward(this.#spread(this.readout.backward(gradient), batch));
      return whenReady(backward, () => ({ loss, predictions, state: [] as const }));
    });
  }

  evaluate(batch: ExampleBatch): Awaitable<StepResult<readonly []>> {
    return whenReady(this.outputs(batch), (outputs) => {
      const { loss, predictions } = headLoss(this.head, outputs, batch.targets);
      return { loss, predictions, state: [] as const };
    });
  }

  #readSteps(outputs: Float32Array, batchSize: number, steps: number): Float32Array {
    if (this.readFrom === 0) return outputs;
    const [width, skipped] = [steps * this.network.hiddenSize, this.readFrom * this.network.hiddenSize];
    const read = this.#buffers.take('read', batchSize * (width - skipped));
    for (let row = 0; row < batchSize; row++) {
      read.set(outputs.subarray(row * width + skipped, (row + 1) * width), row * (width - skipped));
    }
    return read;
  }

  /** The inverse of reading: gradients [N, T - readFrom, H] at their steps of [N, T, H], 0 before them. */
  #spread(atRead: Float32Array, { batchSize, steps }: ExampleBatch): Float32Array {
    const { hiddenSize } = this.network;
    const atOutputs = this.#buffers.take('gradients', batchSize * steps * hiddenSize).fill(0);
    const [width, skipped] = [steps * hiddenSize, this.readFrom * hiddenSize];
    for (let row = 0; row < batchSize; row++) {
      const start = row * (width - skipped);
      atOutputs.set(atRead.subarray(start, start + width - skipped), row * width + skipped);
    }
    return atOutputs;
  }
}
