import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import {
  ArgumentError,
  boolean,
  checkOptions,
  inWords,
  list,
  type OptionChecks,
  record,
} from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { ShapeMismatchError } from '../errors.js';
import type { UnrollPath } from '../execution/network-call.js';
import { checkEntries, type Unrolled } from '../execution/network-call.js';
import { type DropoutConfig, dropoutChecks } from '../parameters/recurrent-config.js';
import type { BidirectionalLayer } from './bidirectional.js';
import { dropout } from './dropout.js';
import type { RecurrentLayer } from './recurrent-layer.js';
import {
  type SequenceLayer,
  sequenceLayer,
  type UnrollLayerCall,
  unrollLayerChecks,
} from './sequence-layer.js';

/** What can be stacked. */
export type StackableLayer = RecurrentLayer | BidirectionalLayer;

/** What happens between the layers of a {@link stack}. */
export interface StackOptions {
  /** Adds each layer's input to its output, from the second layer on. Default: false. */
  readonly residual?: boolean;
  /** Dropout before the first layer, between layers and after the last, while training. Layers have their own inside. Default: none. */
  readonly dropout?: StackDropout;
}

/** The parts of dropout that lie outside of layers. */
export type StackDropout = Omit<DropoutConfig, 'state' | 'recurrentWeights'>;

const { state: _, recurrentWeights: __, ...outerDropoutChecks } = dropoutChecks;

const stackChecks: OptionChecks<StackOptions> = {
  residual: boolean,
  dropout: record<StackDropout>(outerDropoutChecks),
};

/**
 * Layers on top of one another. Its state has the layers' entries in order, its weights their names as PyTorch
 * numbers them.
 * @throws ShapeMismatchError when a layer does not read what the one below gives, or there is none; ArgumentError, for the same
 *   layer twice among others
 */
export function stack(layers: readonly StackableLayer[], options: StackOptions = {}): SequenceLayer {
  list(sequenceLayer)('layers', layers);
  checkOptions<StackOptions>(options, stackChecks);
  return new LayerStack(layers, options);
}

class LayerStack implements SequenceLayer {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly weights: ReadonlyMap<string, tf.Variable>;
  readonly #layers: readonly StackableLayer[];
  readonly #residual: boolean;
  readonly #dropout: StackDropout;

  constructor(layers: readonly StackableLayer[], { residual = false, dropout = {} }: StackOptions) {
    checkLayers(layers, residual);
    this.#layers = layers;
    this.#residual = residual;
    this.#dropout = dropout;
    this.inputSize = layers[0].inputSize;
    this.outputSize = layers[layers.length - 1].outputSize;
    // A layer alone names its weights as the first of a stack: weight_ih_l0.
    this.weights = new Map(
      layers.flatMap(({ weights }, i) =>
        [...weights].map(([name, weight]) => [name.replace('_l0', `_l${i}`), weight] as const),
      ),
    );
  }

  initialState(batchSize: number): LayerState<tf.Tensor2D>[] {
    return this.#layers.flatMap((layer) => layer.initialState(batchSize));
  }

  unroll(
    inputs: tf.Tensor3D,
    previousState?: readonly LayerState<tf.Tensor2D>[],
    call: UnrollLayerCall = {},
  ): Unrolled {
    checkOptions<UnrollLayerCall>(call, unrollLayerChecks);
    return tf.tidy(() => {
      const start = previousState ?? this.initialState(inputs.shape[0]);
      checkEntries(
        start,
        this.#layers.reduce((sum, { directions }) => sum + directions, 0),
      );
      const { input = 0, between = 0, output = 0 } = this.#dropout;
      const state: LayerState<tf.Tensor2D>[] = [];
      const paths: UnrollPath[] = [];
      let sequences = inputs;
      this.#layers.forEach((layer, i) => {
        const below = this.#drop(sequences, i === 0 ? input : between, call.random);
        const entries = start.slice(state.length, state.length + layer.directions);
        const unrolled = layer.unroll(below, entries, call);
        state.push(...unrolled.state);
        paths.push(...unrolled.paths);
        sequences = this.#residual && i > 0 ? tf.add(unrolled.outputs, below) : unrolled.outputs;
      });
      return { outputs: this.#drop(sequences, output, call.random), state, paths };
    });
  }

  dispose(): void {
    for (const layer of this.#layers) layer.dispose();
  }

  #drop(sequences: tf.Tensor3D, probability: number, random: Random | undefined): tf.Tensor3D {
    return random
      ? dropout(sequences, { probability, locked: this.#dropout.locked ?? false, random })
      : sequences;
  }
}

function checkLayers(layers: readonly StackableLayer[], residual: boolean): void {
  if (layers.length === 0) throw new ShapeMismatchError('layers', 'at least one', inWords('none'));
  const known = new Set<tf.Variable>();
  for (const [i, { weights }] of layers.entries()) {
    for (const weight of weights.values()) {
      // Under two names one weight would be saved and loaded twice.
      if (known.has(weight)) {
        throw new ArgumentError(
          `layers[${i}]`,
          'a layer with weights of its own',
          inWords('one used before'),
        );
      }
      known.add(weight);
    }
  }
  layers.slice(1).forEach(({ inputSize, outputSize }, i) => {
    const below = layers[i].outputSize;
    const name = `layers[${i + 1}]`;
    if (inputSize !== below) {
      throw new ShapeMismatchError(
        name,
        `a layer for inputs of size ${below}, which the one below gives`,
        inputSize,
      );
    }
    if (residual && outputSize !== below) {
      throw new ShapeMismatchError(name, `outputs of size ${below}, to be added to its inputs`, outputSize);
    }
  });
}
