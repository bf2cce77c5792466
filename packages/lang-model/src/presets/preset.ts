import { number, oneOf, positive } from '@throughtime/errors';
import {
  type BuiltInCellName,
  type Initializer,
  normal,
  uniform,
  uniformByHiddenSize,
  xavierUniform,
} from '@throughtime/rnn-cells';
import type { RecurrentModelConfig } from '../recurrent/model-config.js';

/** How weights start: plain data for the functions of `@throughtime/rnn-cells`. */
export type PresetInitializer =
  | {
      readonly kind: 'normal';
      /** The standard deviation; the mean is 0. */
      readonly deviation: number;
    }
  | {
      readonly kind: 'uniform';
      /** Weights are uniform in [-limit, limit]. */
      readonly limit: number;
    }
  | { readonly kind: 'uniform-by-hidden-size' }
  | { readonly kind: 'xavier-uniform' };

/** A published protocol: an architecture and how it is trained. Plain data, so that it can be shown, saved and changed. */
export interface Preset {
  /** Where it is from. */
  readonly source: string;
  /** What it was published with: text, tokens, vocabulary. */
  readonly corpus: string;
  /** The architecture, for any vocabulary. */
  readonly model: Omit<RecurrentModelConfig, 'vocabularySize' | 'cell'> & { readonly cell?: BuiltInCellName };
  /** How weights start. */
  readonly initializer: PresetInitializer;
  /** An LSTM's initial forget bias. */
  readonly forgetBias?: number;
  /** Learned biases per gate: 1 where the published code has one. Default 2, as in PyTorch; `frozenSecondBiases` makes it 1. */
  readonly biases?: 1;
  /** How it was trained. */
  readonly training: PresetTraining;
  /** Perplexities as published; where builds of a book differ, the highest. */
  readonly published?: { readonly training?: number; readonly validation?: number; readonly test?: number };
  /** What differs from the publication. */
  readonly departures?: string;
}

/** A published way to train. */
export interface PresetTraining {
  /** N */
  readonly batchSize: number;
  /** T: steps between two updates. */
  readonly steps: number;
  /** Whether T is drawn for every update, around `steps`: `randomLengths` of bptt-trainer. Default false. */
  readonly randomLengths?: boolean;
  /**
   * How the text is cut: neighboring batches from a drawn offset, shuffled subsequences, all windows with stride 1, or neighboring batches
   * from the first token on (`pennTreebankBatches` of datasets).
   */
  readonly sampling: 'sequential' | 'random' | 'windows' | 'penn-treebank';
  /** How weights follow gradients. */
  readonly optimizer: PresetOptimizer;
  /** The rate at the start. */
  readonly learningRate: number;
  /** Learning rate times factor^max(epoch - after, 0), epochs from 1. */
  readonly decay?: { readonly after: number; readonly factor: number };
  /** The L2 penalty. Default 0. */
  readonly weightDecay?: number;
  /** Bound on the global norm of the gradients. */
  readonly clipNorm?: number;
  /** Bound on each element of the gradients. */
  readonly clipValue?: number;
  /** What the gradient is of. Default 'mean'. */
  readonly reduction?: 'mean' | 'sum-over-time';
  /** How many epochs were trained. */
  readonly epochs: number;
}

/** An optimizer by name, with its settings. */
export type PresetOptimizer =
  | { readonly name: 'sgd' }
  | {
      readonly name: 'rmsprop';
      /** The decay of the mean of squared gradients. */
      readonly alpha: number;
    }
  /** Averaged from the first validation that is no better than the best of those more than `patience` ago. */
  | {
      readonly name: 'non-monotonic-averaged-sgd';
      /** Of how many last validations the best does not count. */
      readonly patience: number;
    };

/**
 * The initializer that a preset describes.
 * @throws ArgumentError naming the field
 */
export function initializerOf(initializer: PresetInitializer): Initializer {
  oneOf(['normal', 'uniform', 'uniform-by-hidden-size', 'xavier-uniform'])(
    'initializer.kind',
    initializer?.kind,
  );
  switch (initializer.kind) {
    case 'normal':
      return normal(number({ from: 0 })('initializer.deviation', initializer.deviation));
    case 'uniform':
      return uniform(positive('initializer.limit', initializer.limit));
    case 'uniform-by-hidden-size':
      return uniformByHiddenSize();
    case 'xavier-uniform':
      return xavierUniform();
  }
}
