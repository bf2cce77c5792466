import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { checkOptions } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import type { Unrolled } from '../execution/network-call.js';
import { stateTensors } from '../execution/tensors.js';
import { unroll } from '../execution/unroll.js';
import type { Initializer } from '../parameters/initializers.js';
import { drawMasks } from '../parameters/masks.js';
import { type RecurrentConfig, type ResolvedConfig, resolveConfig } from '../parameters/recurrent-config.js';
import { recurrentParameters } from '../parameters/recurrent-parameters.js';
import { zeroState } from '../parameters/zero-state.js';
import { type SequenceLayer, type UnrollLayerCall, unrollLayerChecks } from './sequence-layer.js';
import { variable } from './variable.js';

/** What a layer has besides its configuration. */
export interface LayerStart {
  readonly random: Random;
  readonly initializer?: Initializer | undefined;
  readonly forgetBias?: number | undefined;
  readonly reverse?: boolean | undefined;
}

/** One recurrent layer in one direction. Made by `rnn`, `gru`, `lstm`, `minGru` and `minLstm`. */
export class RecurrentLayer implements SequenceLayer {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly directions = 1;
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** Whether it reads from the last valid step to the first. */
  readonly reverse: boolean;
  readonly #config: ResolvedConfig;

  /** @throws ArgumentError */
  constructor(config: RecurrentConfig, { random, initializer, forgetBias, reverse = false }: LayerStart) {
    this.#config = resolveConfig(config);
    this.reverse = reverse;
    this.inputSize = this.#config.inputSize;
    this.outputSize = this.#config.outputSize;
    const parameters = recurrentParameters(this.#config, {
      random,
      ...(initializer && { initializer }),
      ...(forgetBias !== undefined && { forgetBias }),
    });
    this.weights = new Map(parameters.map(({ name, shape, data }) => [name, variable(data, shape)]));
  }

  initialState(batchSize: number): LayerState<tf.Tensor2D>[] {
    return stateTensors(zeroState(this.#config, batchSize), batchSize);
  }

  unroll(
    inputs: tf.Tensor3D,
    previousState?: readonly LayerState<tf.Tensor2D>[],
    call: UnrollLayerCall = {},
  ): Unrolled {
    checkOptions<UnrollLayerCall>(call, unrollLayerChecks);
    const { lengths, random, path } = call;
    return tf.tidy(() => {
      const [batchSize, steps] = inputs.shape;
      return unroll(this.#config, this.weights, inputs, previousState ?? this.initialState(batchSize), {
        reverse: this.reverse,
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
