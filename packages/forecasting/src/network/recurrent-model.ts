import type { Parameter, StepResult, TrainableModel } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import { Buffers } from './buffers.js';
import { DenseNetwork } from './dense-network.js';
import type { ExampleBatch } from './examples.js';
import type { Head } from './heads.js';
import { headLoss } from './heads.js';
import type { SequenceExecutor } from './sequence-executor.js';

export interface RecurrentModelOptions {
  readonly executor: SequenceExecutor;
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
  readonly executor: SequenceExecutor;
  readonly head: Head;
  readonly readout: DenseNetwork;
  readonly parameters: readonly Parameter[];
  readonly #readFrom: number;
  readonly #buffers = new Buffers();

  constructor({ executor, head, values, readFrom, random }: RecurrentModelOptions) {
    this.executor = executor;
    this.head = head;
    this.#readFrom = readFrom;
    this.readout = new DenseNetwork({
      sizes: [executor.hiddenSize, values * head.size],
      random,
      prefix: 'readout',
    });
    this.parameters = [...executor.parameters, ...this.readout.parameters];
  }

  initialState(): readonly [] {
    return [];
  }

  /** The head's outputs at the steps that predict, [N, T - readFrom, values * head.size]. */
  outputs({ inputs, batchSize, steps }: Omit<ExampleBatch, 'targets'>, training = false): Float32Array {
    const { executor } = this;
    const state = executor.initialState(batchSize);
    const { outputs } = executor.forward(inputs, state, { batchSize, steps }, { training });
    const read = this.#readSteps(outputs, batchSize, steps);
    return this.readout.forward(read, read.length / executor.hiddenSize);
  }

  lossAndGradients(batch: ExampleBatch): StepResult<readonly []> {
    const { batchSize, steps, targets } = batch;
    const { loss, predictions, gradient } = headLoss(this.head, this.outputs(batch, true), targets);
    const atRead = this.readout.backward(gradient); // [N, T - readFrom, H]
    const { hiddenSize } = this.executor;
    const atOutputs = this.#buffers.take('gradients', batchSize * steps * hiddenSize).fill(0);
    const [width, skipped] = [steps * hiddenSize, this.#readFrom * hiddenSize];
    for (let row = 0; row < batchSize; row++) {
      const start = row * (width - skipped);
      atOutputs.set(atRead.subarray(start, start + width - skipped), row * width + skipped);
    }
    this.executor.backward(atOutputs);
    return { loss, predictions, state: [] };
  }

  evaluate(batch: ExampleBatch): StepResult<readonly []> {
    const { loss, predictions } = headLoss(this.head, this.outputs(batch), batch.targets);
    return { loss, predictions, state: [] };
  }

  #readSteps(outputs: Float32Array, batchSize: number, steps: number): Float32Array {
    if (this.#readFrom === 0) return outputs;
    const [width, skipped] = [steps * this.executor.hiddenSize, this.#readFrom * this.executor.hiddenSize];
    const read = this.#buffers.take('read', batchSize * (width - skipped));
    for (let row = 0; row < batchSize; row++) {
      read.set(outputs.subarray(row * width + skipped, (row + 1) * width), row * (width - skipped));
    }
    return read;
  }
}
