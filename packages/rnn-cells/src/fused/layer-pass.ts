import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { type Cell, defaultEngine, type LayerParameters } from '@throughtime/wasm-kernels';
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

/** tfjs's wasm backend gives views of its heap. */
interface HeapBackend extends tf.KernelBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  getMemoryOffset(dataId: tf.DataId): number;
}

function hasHeap(backend: tf.KernelBackend): backend is HeapBackend {
  return 'typedArrayFromHeap' in backend;
}

/** The tensors' numbers, on the wasm backend without a copy. Do not keep them: an allocation may move its heap. */
function readTensors(backend: tf.KernelBackend, tensors: readonly tf.TensorInfo[]): Float32Array[] {
  if (!hasHeap(backend)) return tensors.map(({ dataId }) => backend.readSync(dataId) as Float32Array);
  // A tensor of another backend moves here when it is first read, which allocates. So move all of them before taking views.
  for (const { dataId } of tensors) backend.getMemoryOffset(dataId);
  return tensors.map((tensor) => backend.typedArrayFromHeap(tensor));
}

/** A tensor with a copy of `values`. */
function writeTensor(backend: tf.KernelBackend, values: Float32Array, shape: readonly number[]): tf.Tensor {
  // The wasm backend copies into its heap; other backends keep the array itself.
  return tf.tensor(hasHeap(backend) ? values : values.slice(), [...shape], 'float32');
}
