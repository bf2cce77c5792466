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
  /** [N, H], what h is multiplied by where it enters the recurrent product. */
  readonly stateMask: Float32Array | undefined;
  /** Whether gradients may be asked for. */
  readonly training: boolean;
}

/** One application of a layer to a sequence: what tfjs's kernels carry as attribute from forward to backward. */
export class LayerPass {
  readonly #options: LayerPassOptions;
  /** With the activations of the forward pass, until they are used or the tape forgets them. */
  #run: LayerRun | undefined;

  constructor(options: LayerPassOptions) {
    const { lengths, stateMask } = options;
    this.#options = { ...options, lengths: lengths?.slice(), stateMask: stateMask?.slice() };
  }

  /** @returns outputs [N, T, H] and the final h and c [N, H]; before them a token, to be saved on the tape */
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
   * @param given the gradients by outputs and final h and c; then what `forward` was given
   * @returns the gradients by the latter
   */
  backward(backend: tf.KernelBackend, given: readonly tf.TensorInfo[]): tf.Tensor[] {
    const results = this.#options.cell === 'lstm' ? 3 : 2;
    const [gradients, tensors] = [given.slice(0, results), given.slice(results)];
    // Without its run when a tape asks twice, as nested gradients do, or the backend was changed in between.
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
    // The pass itself, too, may be refused memory: its programs are made when it is first run.
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
