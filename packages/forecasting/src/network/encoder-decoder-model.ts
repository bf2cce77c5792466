import type { Parameter, StepResult, TrainableModel } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import { DenseNetwork } from './dense-network.js';
import type { ExampleBatch } from './examples.js';
import type { Head } from './heads.js';
import { headLoss } from './heads.js';
import type { ChunkShape, SequenceExecutor, SequenceState } from './sequence-executor.js';

export interface EncoderDecoderOptions {
  readonly encoder: SequenceExecutor;
  readonly decoder: SequenceExecutor;
  readonly head: Head;
  /** Values predicted at each step. */
  readonly values: number;
  /** Steps that the encoder reads; the rest of an example is the decoder's. */
  readonly contextSteps: number;
  readonly random: Random;
}

/**
 * Two recurrent networks (Sutskever, Vinyals and Le 2014). The encoder reads the past. The decoder starts from its last state, and is
 * read out at every step. In training the decoder gets the true values before each step (teacher forcing).
 * An example is a sequence [L + H, D], its targets [H, values].
 */
export class EncoderDecoderModel implements TrainableModel<ExampleBatch, readonly []> {
  readonly encoder: SequenceExecutor;
  readonly decoder: SequenceExecutor;
  readonly head: Head;
  readonly readout: DenseNetwork;
  readonly parameters: readonly Parameter[];
  readonly #contextSteps: number;

  constructor({ encoder, decoder, head, values, contextSteps, random }: EncoderDecoderOptions) {
    this.encoder = encoder;
    this.decoder = decoder;
    this.head = head;
    this.#contextSteps = contextSteps;
    this.readout = new DenseNetwork({
      sizes: [decoder.hiddenSize, values * head.size],
      random,
      prefix: 'readout',
    });
    this.parameters = [...encoder.parameters, ...decoder.parameters, ...this.readout.parameters];
  }

  initialState(): readonly [] {
    return [];
  }

  /** @param inputs [N, L, D] */
  encode(inputs: Float32Array, batchSize: number, training = false): SequenceState {
    const shape = { batchSize, steps: this.#contextSteps };
    return this.encoder.forward(inputs, this.encoder.initialState(batchSize), shape, { training }).state;
  }

  /** The head's outputs after each of the decoder's inputs [N, T, D], and the state after the last. */
  decode(inputs: Float32Array, state: SequenceState, shape: ChunkShape, training = false) {
    const decoded = this.decoder.forward(inputs, state, shape, { training });
    return {
      outputs: this.readout.forward(decoded.outputs, shape.batchSize * shape.steps),
      state: decoded.state,
    };
  }

  lossAndGradients(batch: ExampleBatch): StepResult<readonly []> {
    const { loss, predictions, gradient } = headLoss(this.head, this.#outputs(batch, true), batch.targets);
    const atState = this.decoder.backward(this.readout.backward(gradient));
    // The encoder's outputs are not used: its gradient comes through its last state alone.
    const unread = new Float32Array(batch.batchSize * this.#contextSteps * this.encoder.hiddenSize);
    this.encoder.backward(unread, atState);
    return { loss, predictions, state: [] };
  }

  evaluate(batch: ExampleBatch): StepResult<readonly []> {
    const { loss, predictions } = headLoss(this.head, this.#outputs(batch), batch.targets);
    return { loss, predictions, state: [] };
  }

  #outputs({ inputs, batchSize, steps }: ExampleBatch, training = false): Float32Array {
    const { inputSize } = this.encoder;
    const [past, future] = splitSteps(inputs, batchSize, this.#contextSteps * inputSize);
    const state = this.encode(past, batchSize, training);
    return this.decode(future, state, { batchSize, steps: steps - this.#contextSteps }, training).outputs;
  }
}

/** Each row's first `width` numbers, and the rest. */
function splitSteps(inputs: Float32Array, rows: number, width: number): [Float32Array, Float32Array] {
  const whole = inputs.length / rows;
  const first = new Float32Array(rows * width);
  const rest = new Float32Array(rows * (whole - width));
  for (let row = 0; row < rows; row++) {
    first.set(inputs.subarray(row * whole, row * whole + width), row * width);
    rest.set(inputs.subarray(row * whole + width, (row + 1) * whole), row * (whole - width));
  }
  return [first, rest];
}
