import { ArgumentError, either, inWords, list, whole } from '@throughtime/errors';
import {
  type CellName,
  type DropoutConfig,
  type RecurrentConfig,
  resolveConfig,
  type ZoneoutConfig,
} from '@throughtime/rnn-cells';
import { requireInteger } from '../options.js';
import { type ActivationPenalty, checkActivationPenalty } from './activation-penalty.js';

/** A recurrent language model's architecture. Plain data, fit for JSON; the contents of `config.json`. */
export interface RecurrentModelConfig {
  /** V */
  readonly vocabularySize: number;
  /** Default 'lstm': the safest choice when nothing is known about the text. */
  readonly cell?: CellName;
  /** H, the size of each layer's hidden state; a list gives every layer its own. Default 256, the chapter's. */
  readonly hiddenSize?: number | readonly number[];
  /** Layers on top of one another, at most 1,000. Default 1, or the length of `hiddenSize`. */
  readonly layers?: number;
  /**
   * 'one-hot' feeds each token as a unit vector [V], as the chapter does; a number E feeds a learned vector [E]. Default
   * 'one-hot', right for characters; words need a number.
   */
  readonly embedding?: 'one-hot' | number;
  /** The decoder's weight is the embedding (Press & Wolf 2017), whose size must be that of the output. Default false. */
  readonly tied?: boolean;
  /** What an `rnn` passes its sum through. Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
  /** Whether a `gru` resets after the recurrent product, as PyTorch does. Default true. */
  readonly resetAfter?: boolean;
  /** Layer norm within the cells. Default false. */
  readonly layerNorm?: boolean;
  /** Peephole connections of an `lstm`. Default false. */
  readonly peephole?: boolean;
  /** P: an `lstm`'s hidden state is projected to this size. Default: none. */
  readonly projectionSize?: number;
  /** Adds each layer's input to its output, from the second layer on. Default false. */
  readonly residual?: boolean;
  /** Dropout while training. Default: none. */
  readonly dropout?: ModelDropout;
  /** Zoneout while training. Default: none. */
  readonly zoneout?: ZoneoutConfig;
  /** Added to the loss whose gradient is taken, not to the loss that is reported. Default: none. */
  readonly activationPenalty?: ActivationPenalty;
}

/** Probabilities of dropping, each 0 by default. What is kept is scaled by 1 / (1 - p). */
export interface ModelDropout extends DropoutConfig {
  /** Of whole tokens: their vectors are zero wherever they occur in a chunk (Gal & Ghahramani 2016; AWD-LSTM). */
  readonly embedding?: number;
}

/** One run of equal layers: AWD-LSTM's last layer, for instance, has another size than those below it. */
export interface LayerStack {
  /** What its weights' names start with. */
  readonly prefix: string;
  readonly config: RecurrentConfig;
}

/** An architecture with its defaults filled in. */
export interface ModelPlan {
  /** V */
  readonly vocabularySize: number;
  readonly embedding: 'one-hot' | number;
  readonly tied: boolean;
  readonly embeddingDropout: number;
  readonly activationPenalty: ActivationPenalty | undefined;
  /** Bottom first. A single one, named `rnn.`, unless the layers differ in size. */
  readonly stacks: readonly LayerStack[];
  /** O: the size of what the decoder reads. */
  readonly outputSize: number;
}

/**
 * Checks an architecture and lays it out.
 * @throws ArgumentError naming the field that cannot be
 */
export function planModel(config: RecurrentModelConfig): ModelPlan {
  const { vocabularySize, embedding = 'one-hot', tied = false } = config;
  requireInteger('vocabularySize', vocabularySize, 1);
  if (embedding !== 'one-hot') requireInteger('embedding', embedding, 1);
  const embeddingDropout = config.dropout?.embedding ?? 0;
  if (!(embeddingDropout >= 0 && embeddingDropout < 1))
    throw new ArgumentError('dropout.embedding', 'a probability in [0, 1)', embeddingDropout);
  const { activationPenalty } = config;
  if (activationPenalty) checkActivationPenalty(activationPenalty);

  const stacks = stacksOf(config, embedding === 'one-hot' ? vocabularySize : embedding);
  const { outputSize } = resolveConfig(stacks[stacks.length - 1].config);
  if (tied && embedding !== outputSize)
    throw new ArgumentError(
      'tied',
      `an embedding of the output's size ${outputSize} to share with the decoder`,
      inWords(`embedding ${embedding}`),
    );
  return { vocabularySize, embedding, tied, embeddingDropout, activationPenalty, stacks, outputSize };
}

function stacksOf(config: RecurrentModelConfig, inputSize: number): LayerStack[] {
  const sizes = layerSizes(config);
  const { cell = 'lstm', dropout = {}, nonlinearity, resetAfter, layerNorm, peephole } = config;
  const { projectionSize, residual, zoneout } = config;
  const { embedding: _, ...cellDropout } = dropout;
  const shared = defined({
    cell,
    nonlinearity,
    resetAfter,
    layerNorm,
    peephole,
    projectionSize,
    residual,
    zoneout,
  });
  if ('hiddenSize' in sizes)
    return [{ prefix: 'rnn.', config: { ...shared, inputSize, ...sizes, dropout: cellDropout } }];
  if (residual) throw new ArgumentError('residual', 'false where layers differ in size', true);
  let below = inputSize;
  return sizes.map((hiddenSize, i) => {
    // Dropout between layers lies on the output of each stack but the last.
    const { input, between, output, ...rest } = cellDropout;
    const own = defined({
      ...rest,
      input: i === 0 ? input : undefined,
      output: i === sizes.length - 1 ? output : between,
    });
    const stack = { ...shared, inputSize: below, hiddenSize, layers: 1, dropout: own };
    below = resolveConfig(stack).outputSize;
    return { prefix: `rnns.${i}.`, config: stack };
  });
}

/** One size for so many layers, or where they differ a list. Not a list for any number that a file may claim. */
function layerSizes({
  hiddenSize = 256,
  layers,
}: RecurrentModelConfig): { readonly hiddenSize: number; readonly layers: number } | readonly number[] {
  if (layers !== undefined) requireInteger('layers', layers, 1);
  either(whole({ from: 1 }), list(whole({ from: 1 })))('hiddenSize', hiddenSize);
  if (typeof hiddenSize === 'number') return { hiddenSize, layers: layers ?? 1 };
  if (hiddenSize.length === 0 || (layers !== undefined && layers !== hiddenSize.length))
    throw new ArgumentError('hiddenSize', `one size for each of ${layers ?? 'the'} layers`, hiddenSize);
  const [first] = hiddenSize;
  return hiddenSize.every((size) => size === first)
    ? { hiddenSize: first, layers: hiddenSize.length }
    : hiddenSize;
}

/** Without the fields that are undefined, which optional fields must not hold. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
