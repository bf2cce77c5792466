import {
  type Awaitable,
  type Parameter,
  type StepResult,
  type TrainableModel,
  whenReady,
} from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import type { ChunkShape, SequenceNetwork, SequenceState } from '@throughtime/rnn-cells';
import { DenseNetwork } from './dense-network.js';
import type { ExampleBatch } from './examples.js';
import type { Head } from './heads.js';
import { headLoss } from './heads.js';

export interface EncoderDecoderOptions {
  readonly encoder: SequenceNetwork;
  readonly decoder: SequenceNetwork;
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
  readonly encoder: SequenceNetwork;
  readonly decoder: SequenceNetwork;
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
  encode(inputs: Float32Array, batchSize: number, training = false): Awaitable<SequenceState> {
    const shape = { batchSize, steps: this.#contextSteps };
    const start = this.encoder.initialState(batchSize);
    return whenReady(this.encoder.forward(inputs, start, shape, { training }), ({ state }) => state);
  }

  /** The head's outputs after each of the decoder's inputs [N, T, D], and the state after the last. */
  decode(
    inputs: Float32Array,
    state: SequenceState,
    shape: ChunkShape,
    training = false,
  ): Awaitable<{ readonly outputs: Float32Array; readonly state: SequenceState }> {
    return whenReady(this.decoder.forward(inputs, state, shape, { training }), (decoded) => ({
      outputs: this.readout.forward(decoded.outputs, shape.batchSize * shape.steps),
      state: decoded.state,
    }));
  }

  lossAndGradients(batch: ExampleBatch): Awaitable<StepResult<readonly []>> {
    return whenReady(this.#outputs(batch, true), (outputs) => {
      const { loss, predictions, gradient } = headLoss(this.head, outputs, batch.targets);
      // The encoder's outputs are not used: its gradient comes through its last state alone.
      const unread = new Float32Array(batch.batchSize * this.#contextSteps * this.encoder.hiddenSize);
      const decoded = this.decoder.backward(this.readout.backward(gradient));
      const encoded = whenReady(decoded, (atState) => this.encoder.backward(unread, atState));
      return whenReady(encoded, () => ({ loss, predictions, state: [] as const }));
    });
  }

  evaluate(batch: ExampleBatch): Awaitable<StepResult<readonly []>> {
    return whenReady(this.#outputs(batch), (outputs) => {
      const { loss, predictions } = headLoss(this.head, outputs, batch.targets);
      return { loss, predictions, state: [] as const };
    });
  }

  #outputs({ inputs, batchSize, steps }: ExampleBatch, training = false): Awaitable<Float32Array> {
    const { inputSize } = this.encoder;
    const [past, future] = splitSteps(inputs, batchSize, this.#contextSteps * inputSize);
    const shape = { batchSize, steps: steps - this.#contextSteps };
    const decoded = whenReady(this.encode(past, batchSize, training), (state) =>
      this.decode(future, state, shape, training),
    );
    return whenReady(decoded, ({ outputs }) => outputs);
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
