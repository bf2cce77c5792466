import type { LayerState } from '@throughtime/contract';
import { type Cell, type Engine, type LayerParameters, RecurrentStack } from '@throughtime/wasm-kernels';

/** One layer in one direction over one batch. */
export interface RunSize {
  readonly cell: Cell;
  /** D */
  readonly inputSize: number;
  /** H */
  readonly hiddenSize: number;
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
}

/** Inputs of a run, copied before `forward` returns. */
export interface RunInputs {
  /** [N, T, D] */
  readonly inputs: Float32Array;
  readonly weights: Required<LayerParameters>;
  readonly state: LayerState;
  /** [N] */
  readonly lengths: Int32Array | undefined;
  readonly reverse: boolean;
  /** [N, H], multiplies h where it enters the recurrent product. */
  readonly stateMask: Float32Array | undefined;
}

/** The engine's buffers for one pass over a layer, with that pass's weights. Its views must not be used after `free`. */
export class LayerRun {
  readonly #engine: Engine;
  readonly #training: boolean;
  readonly #weights: Required<LayerParameters>;
  readonly #gradients: Required<LayerParameters> | undefined;
  readonly #stack: RecurrentStack;

  /**
   * @param training whether a backward pass may follow
   * @throws EngineMemoryError
   */
  constructor(engine: Engine, size: RunSize, weights: Required<LayerParameters>, training: boolean) {
    this.#engine = engine;
    this.#training = training;
    this.#weights = allocateLike(engine, weights);
    this.#gradients = training ? allocateLike(engine, weights) : undefined;
    this.#stack = new RecurrentStack(engine, {
      ...size,
      parameters: [this.#weights],
      ...(this.#gradients && { gradients: [this.#gradients] }),
    });
  }

  forward({ inputs, weights, state, lengths, reverse, stateMask }: RunInputs): {
    outputs: Float32Array;
    state: LayerState;
  } {
    this.#stack.inputs.set(inputs);
    for (const name of parameterNames) this.#weights[name].set(weights[name]);
    const [final] = this.#stack.forward({
      training: this.#training,
      state: [state],
      reverse,
      ...(lengths && { lengths }),
      ...(stateMask && { stateMasks: [stateMask] }),
    });
    return { outputs: this.#stack.outputs, state: final };
  }

  /**
   * The backward pass of the last `forward`, once.
   * @param outputs the gradient by the outputs, [N, T, H]; what stands beyond a row's length is ignored
   * @param state the gradient by the final state
   */
  backward(
    outputs: Float32Array,
    state: LayerState,
  ): { inputs: Float32Array; weights: Required<LayerParameters>; state: LayerState } {
    this.#stack.outputGradients.set(outputs);
    const [initial] = this.#stack.backward([state]);
    return { inputs: this.#stack.inputGradients, weights: this.#gradients!, state: initial };
  }

  free(): void {
    this.#stack.free();
    for (const tensors of [this.#weights, this.#gradients]) {
      for (const name of parameterNames) if (tensors) this.#engine.free(tensors[name]);
    }
  }
}

/** In the order in which they travel. */
export const parameterNames = ['weightIh', 'weightHh', 'biasIh', 'biasHh'] as const;

function allocateLike(engine: Engine, tensors: Required<LayerParameters>): Required<LayerParameters> {
  const [weightIh, weightHh, biasIh, biasHh] = parameterNames.map((name) =>
    engine.allocate(tensors[name].length),
  );
  return { weightIh, weightHh, biasIh, biasHh };
}
