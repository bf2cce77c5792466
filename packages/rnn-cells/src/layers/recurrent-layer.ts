import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import type { Initializer } from '../initializers.js';
import { stateTensors, zeroState } from '../layer-state.js';
import { drawMasks } from '../masks.js';
import { type RecurrentConfig, type ResolvedConfig, resolveConfig } from '../recurrent-config.js';
import { recurrentParameters } from '../recurrent-parameters.js';
import { type Unrolled, unroll } from '../unroll.js';
import type { SequenceLayer, UnrollLayerCall } from './sequence-layer.js';

export interface RecurrentLayerOptions {
  /** D */
  readonly inputSize: number;
  /** H */
  readonly hiddenSize: number;
  /** The source of the initial weights. */
  readonly random: Random;
  /** Default: PyTorch's, uniform in (-1/sqrt(H), 1/sqrt(H)). */
  readonly initializer?: Initializer;
  /** Reads from the last valid step to the first; outputs stay in the order of the inputs. Default: false. */
  readonly reverse?: boolean;
  readonly layerNorm?: boolean;
  readonly zoneout?: RecurrentConfig['zoneout'];
  /**
   * The probability that a unit of the state is dropped where it enters the recurrent product, for all steps of a chunk; Keras's
   * `recurrent_dropout`, as it acts in its RNN and LSTM. Default: 0.
   */
  readonly recurrentDropout?: number;
  /** The probability that a recurrent weight is dropped for a chunk (weight-drop: Merity et al. 2018). Default: 0. */
  readonly weightDrop?: number;
}

/** One recurrent layer in one direction. */
export class RecurrentLayer implements SequenceLayer {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly directions = 1;
  readonly weights: ReadonlyMap<string, tf.Variable>;
  readonly #config: ResolvedConfig;
  readonly #reverse: boolean;

  /** @throws ArgumentError */
  constructor(config: RecurrentConfig, options: RecurrentLayerOptions & { readonly forgetBias?: number }) {
    this.#config = resolveConfig(config);
    this.#reverse = options.reverse ?? false;
    this.inputSize = config.inputSize;
    this.outputSize = this.#config.outputSize;
    const parameters = recurrentParameters(config, options);
    this.weights = new Map(parameters.map(({ name, shape, data }) => [name, variable(data, shape)]));
  }

  initialState(batchSize: number): LayerState<tf.Tensor2D>[] {
    return stateTensors(zeroState(this.#config, batchSize), batchSize);
  }

  unroll(
    inputs: tf.Tensor3D,
    previousState?: readonly LayerState<tf.Tensor2D>[],
    { lengths, random, path }: UnrollLayerCall = {},
  ): Unrolled {
    return tf.tidy(() => {
      const [batchSize, steps] = inputs.shape;
      return unroll(this.#config, this.weights, inputs, previousState ?? this.initialState(batchSize), {
        reverse: this.#reverse,
        masks: random && drawMasks(this.#config, { batchSize, steps, random }),
        lengths,
        path,
      });
    });
  }

  dispose(): void {
    tf.dispose([...this.weights.values()]);
  }
}

function variable(values: Float32Array, shape: readonly number[]): tf.Variable {
  const initial = tf.tensor(values, [...shape]);
  const made = tf.variable(initial);
  initial.dispose();
  return made;
}
