import type { StepResult, TrainableModel } from '@throughtime/contract';
import type { DenseNetwork } from './dense-network.js';
import type { ExampleBatch } from './examples.js';
import type { Head } from './heads.js';
import { headLoss } from './heads.js';

/** A dense network and the meaning of its outputs, as the trainer takes it. It has no state. */
export class DenseModel implements TrainableModel<ExampleBatch, readonly []> {
  readonly network: DenseNetwork;
  readonly head: Head;

  constructor(network: DenseNetwork, head: Head) {
    this.network = network;
    this.head = head;
  }

  get parameters() {
    return this.network.parameters;
  }

  initialState(): readonly [] {
    return [];
  }

  lossAndGradients({ inputs, targets, batchSize }: ExampleBatch): StepResult<readonly []> {
    const outputs = this.network.forward(inputs, batchSize);
    const { loss, predictions, gradient } = headLoss(this.head, outputs, targets);
    this.network.backward(gradient);
    return { loss, predictions, state: [] };
  }

  evaluate({ inputs, targets, batchSize }: ExampleBatch): StepResult<readonly []> {
    const outputs = this.network.forward(inputs, batchSize);
    const { loss, predictions } = headLoss(this.head, outputs, targets);
    return { loss, predictions, state: [] };
  }
}
