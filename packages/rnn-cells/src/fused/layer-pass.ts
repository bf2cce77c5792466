import type * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { type Cell, defaultEngine, type LayerParameters } from '@throughtime/wasm-kernels';
import { readTensors, writeTensor } from './backend-arrays.js';
import { keepUntilForgotten } from './kept-runs.js';
import { LayerRun } from './layer-run.js';

/**
 * The tensors that a pass depends on, in this order: inputs [N, T, D], weight_ih [G H, D], weight_hh [G H, H], bias_ih
 * and bias_hh [G H], the initial h [N, H], and for an LSTM c [N, H]. Gradients come in the same order.
 */
type PassTensors = readonly tf.TensorInfo[];

export interface LayerPassOptions {
  readonly cell: Cell;
  /** [N] */
  readonly lengths: Int32Array | undefined;
  readonly reverse: boolean;
  /** [N, H], multiplies h where it enters the recurrent product. */
  readonly stateMask: Float32Array | undefined;
  /** Whether a backward pass may follow. */
  readonly training: boolean;
}

/** One application of a layer to a sequence. tfjs carries it from the forward to the backward kernel as an attribute. */
export class LayerPass {
  readonly #options: LayerPassOptions;
  /** Holds the activations of the forward pass until the backward pass uses them or the tape forgets them. */
  #run: LayerRun | undefined;

  constructor(options: LayerPassOptions) {
    const { lengths, stateMask } = options;
    this.#options = { ...options, lengths: lengths?.slice(), stateMask: stateMask?.slice() };
  }

  /** @returns a token to be saved on the tape, then outputs [N, T, H] and the final h and c [N, H] */
  forward(backend: tf.KernelBackend, tensors: PassTensors): tf.Tensor[] {
    const { run, outputs, state } = this.#forward(backend, tensors);
    try {
      const [batchSize, steps] = tensors[0].shape;
      const token = writeTensor(backend, new Float32Array(1), [1]);
      const results = [
        token,
        writeTensor(backend, outputs, [batchSize, steps, state.h.length / batchSize]),
        ...writeState(backend, state, batchSize),
      ];
      if (this.#options.training) this.#keep(run, backend, token);
      return results;
    } finally {
      if (this.#run !== run) run.free();
    }
  }

  /**
   * @param given the gradients of outputs and final h and c, then the tensors that `forward` took
   * @returns the gradients of those tensors
   */
  backward(backend: tf.KernelBackend, given: readonly tf.TensorInfo[]): tf.Tensor[] {
    const results = this.#options.cell === 'lstm' ? 3 : 2;
    const [gradients, tensors] = [given.slice(0, results), given.slice(results)];
    // The run is gone when a tape asks twice, as nested gradients do, or when the backend changed in between.
    const run = this.#run ?? this.#forward(backend, tensors).run;
    this.#run = undefined;
    try {
      const [outputs, h, c] = readTensors(backend, gradients);
      const before = run.backward(outputs, c ? { h, c } : { h });
      const { weightIh, weightHh, biasIh, biasHh } = before.weights;
      const arrays = [before.inputs, weightIh, weightHh, biasIh, biasHh, before.state.h];
      if (before.state.c) arrays.push(before.state.c);
      return arrays.map((values, i) => writeTensor(backend, values, tensors[i].shape));
    } finally {
      run.free();
    }
  }

  #forward(backend: tf.KernelBackend, tensors: PassTensors) {
    const { cell, lengths, reverse, stateMask, training } = this.#options;
    const [batchSize, steps, inputSize] = tensors[0].shape;
    const hiddenSize = tensors[5].shape[1];
    const [inputs, weightIh, weightHh, biasIh, biasHh, h, c] = readTensors(backend, tensors);
    const weights: Required<LayerParameters> = { weightIh, weightHh, biasIh, biasHh };
    const size = { cell, inputSize, hiddenSize, batchSize, steps };
    const state: LayerState = c ? { h, c } : { h };
    const engine = defaultEngine();
    // The pass itself may be refused memory: its programs are made when it first runs.
    return engine.allOrNothing(() => {
      const run = new LayerRun(engine, size, weights, training);
      return { run, ...run.forward({ inputs, weights, state, lengths, reverse, stateMask }) };
    });
  }

  #keep(run: LayerRun, backend: tf.KernelBackend, token: tf.Tensor): void {
    this.#run = run;
    keepUntilForgotten(backend, token.dataId, () => {
      this.#run?.free();
      this.#run = undefined;
    });
  }
}

function writeState(backend: tf.KernelBackend, { h, c }: LayerState, batchSize: number): tf.Tensor[] {
  return (c ? [h, c] : [h]).map((values) =>
    writeTensor(backend, values, [batchSize, values.length / batchSize]),
  );
}
