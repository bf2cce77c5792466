import {
  ArgumentError,
  boolean,
  check,
  checkOptions,
  dropRate,
  either,
  inWords,
  list,
  number,
  type OptionChecks,
  record,
  required,
  whole,
} from '@throughtime/errors';
import {
  type CellName,
  cellCheck,
  type DropoutConfig,
  dropoutChecks,
  type ResolvedConfig,
  recurrentConfigChecks,
  resolveConfig,
  type ZoneoutConfig,
} from '@throughtime/rnn-cells';
import type { ActivationPenalty } from '@throughtime/wasm-kernels';

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

/** Probabilities of dropping, each 0 by default. Kept values are scaled by 1 / (1 - p). */
export interface ModelDropout extends DropoutConfig {
  /** Of whole tokens: their vectors are zero wherever they occur in a chunk (Gal & Ghahramani 2016; AWD-LSTM). */
  readonly embedding?: number;
}

const { layers, nonlinearity, resetAfter, layerNorm, peephole, projectionSize, residual, zoneout } =
  recurrentConfigChecks;
const modelDropoutChecks: OptionChecks<ModelDropout> = { ...dropoutChecks, embedding: dropRate };
const penaltyFactor = number({ from: 0 });
const penaltyChecks: OptionChecks<ActivationPenalty> = { size: penaltyFactor, change: penaltyFactor };

/** What each option of an architecture must be, for any vocabulary. */
export const architectureChecks: OptionChecks<Omit<RecurrentModelConfig, 'vocabularySize'>> = {
  cell: cellCheck,
  hiddenSize: either(whole({ from: 1 }), list(whole({ from: 1 }), { length: { from: 1 } })),
  layers,
  embedding: check(
    "'one-hot', or a whole number of at least 1",
    (value) => value === 'one-hot' || (Number.isSafeInteger(value) && (value as number) >= 1),
  ),
  tied: boolean,
  nonlinearity,
  resetAfter,
  layerNorm,
  peephole,
  projectionSize,
  residual,
  dropout: record(modelDropoutChecks),
  zoneout,
  activationPenalty: record(penaltyChecks),
};

const modelConfigChecks: OptionChecks<RecurrentModelConfig> = {
  vocabularySize: required(whole({ from: 1 })),
  ...architectureChecks,
};

/** One run of equal layers: AWD-LSTM's last layer, for instance, has another size than those below it. */
export interface LayerStack {
  /** What its weights' names start with. */
  readonly prefix: string;
  /** What these layers are. */
  readonly config: ResolvedConfig;
}

/** An architecture with its defaults filled in. */
export interface ResolvedModelConfig {
  /** V */
  readonly vocabularySize: number;
  /** E, or 'one-hot' for none. */
  readonly embedding: 'one-hot' | number;
  /** Whether the decoder's weight is the embedding's. */
  readonly tied: boolean;
  /** The probability that a token's whole embedding is dropped while training. */
  readonly embeddingDropout: number;
  /** What large and restless outputs cost while training; undefined for nothing. */
  readonly activationPenalty: ActivationPenalty | undefined;
  /** Bottom first. A single one, named `rnn.`, unless the layers differ in size. */
  readonly stacks: readonly LayerStack[];
  /** O: the size of what the decoder reads. */
  readonly outputSize: number;
}

/**
 * Checks an architecture and fills in its defaults.
 * @throws ArgumentError naming the field that cannot be
 */
export function resolveModelConfig(config: RecurrentModelConfig): ResolvedModelConfig {
  checkOptions<RecurrentModelConfig>(config, modelConfigChecks);
  const { vocabularySize, embedding = 'one-hot', tied = false, activationPenalty } = config;
  const embeddingDropout = config.dropout?.embedding ?? 0;
  const stacks = stacksOf(config, embedding === 'one-hot' ? vocabularySize : embedding);
  const { outputSize } = stacks[stacks.length - 1].config;
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
    return [
      { prefix: 'rnn.', config: resolveConfig({ ...shared, inputSize, ...sizes, dropout: cellDropout }) },
    ];
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
    const stack = resolveConfig({ ...shared, inputSize: below, hiddenSize, layers: 1, dropout: own });
    below = stack.outputSize;
    return { prefix: `rnns.${i}.`, config: stack };
  });
}

/** One size and a number of layers, or a list where sizes differ. Never a list as long as a corrupt file may claim. */
function layerSizes({
  hiddenSize = 256,
  layers,
}: RecurrentModelConfig): { readonly hiddenSize: number; readonly layers: number } | readonly number[] {
  if (typeof hiddenSize === 'number') return { hiddenSize, layers: layers ?? 1 };
  if (layers !== undefined && layers !== hiddenSize.length)
    throw new ArgumentError('hiddenSize', `one size for each of ${layers} layers`, hiddenSize);
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
