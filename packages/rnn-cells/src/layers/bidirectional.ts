import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { ArgumentError, checkOptions, inWords } from '@throughtime/errors';
import { ShapeMismatchError } from '../errors.js';
import { checkEntries, type Unrolled } from '../execution/network-call.js';
import type { RecurrentLayer } from './recurrent-layer.js';
import {
  type SequenceLayer,
  sequenceLayer,
  type UnrollLayerCall,
  unrollLayerChecks,
} from './sequence-layer.js';

/**
 * Two layers over the same inputs, one of which reads them from the end: outputs [N, T, 2H], forward first.
 * @param backward a layer made with `reverse: true`
 * @throws ShapeMismatchError when they read inputs of different sizes; ArgumentError, for two layers of the same direction among
 *   others
 */
export function bidirectional(forward: RecurrentLayer, backward: RecurrentLayer): BidirectionalLayer {
  return new BidirectionalLayer(forward, backward);
}

/** Made by {@link bidirectional}. */
export class BidirectionalLayer implements SequenceLayer {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly directions = 2;
  readonly weights: ReadonlyMap<string, tf.Variable>;
  readonly #directions: readonly [RecurrentLayer, RecurrentLayer];

  constructor(forward: RecurrentLayer, backward: RecurrentLayer) {
    sequenceLayer('forward', forward);
    sequenceLayer('backward', backward);
    checkDirection('forward', forward, false);
    checkDirection('backward', backward, true);
    if (forward.inputSize !== backward.inputSize) {
      throw new ShapeMismatchError(
        'backward',
        `a layer for inputs of size ${forward.inputSize}, as the forward one`,
        backward.inputSize,
      );
    }
    this.#directions = [forward, backward];
    this.inputSize = forward.inputSize;
    this.outputSize = forward.outputSize + backward.outputSize;
    this.weights = new Map([
      ...forward.weights,
      ...[...backward.weights].map(([name, weight]) => [`${name}_reverse`, weight] as const),
    ]);
  }

  initialState(batchSize: number): LayerState<tf.Tensor2D>[] {
    return this.#directions.flatMap((layer) => layer.initialState(batchSize));
  }

  unroll(
    inputs: tf.Tensor3D,
    previousState?: readonly LayerState<tf.Tensor2D>[],
    call: UnrollLayerCall = {},
  ): Unrolled {
    checkOptions<UnrollLayerCall>(call, unrollLayerChecks);
    if (previousState) checkEntries(previousState, this.directions);
    return tf.tidy(() => {
      const [forward, backward] = this.#directions.map((layer, i) =>
        layer.unroll(inputs, previousState?.slice(i, i + 1), call),
      );
      return {
        outputs: tf.concat([forward.outputs, backward.outputs], 2),
        state: [...forward.state, ...backward.state],
        paths: [...forward.paths, ...backward.paths],
      };
    });
  }

  dispose(): void {
    for (const layer of this.#directions) layer.dispose();
  }
}

function checkDirection(argument: string, { reverse }: RecurrentLayer, expected: boolean): void {
  if (reverse === expected) return;
  throw new ArgumentError(
    argument,
    `a layer made ${expected ? 'with' : 'without'} reverse: true`,
    inWords(expected ? 'one that reads forward' : 'one that reads from the end'),
  );
}
