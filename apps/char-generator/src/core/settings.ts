// The settings of a run: their names, their defaults, their checks. The one definition for command and page. It imports no model
// code, so that `--help` and the page's form come at once.
import type { TextPart } from '@throughtime/datasets';
import {
  ArgumentError,
  anything,
  boolean,
  type Check,
  check,
  dropRate,
  either,
  list,
  nonEmptyText,
  number,
  type OptionChecks,
  oneOf,
  positive,
  record,
  required,
  whole,
} from '@throughtime/errors';
import type {
  ActivationPenalty,
  ModelDropout,
  PresetInitializer,
  RecurrentModelConfig,
} from '@throughtime/lang-model';

/** Parts of words, learned of the training text. */
export const learnedTokenKinds = ['bpe', 'wordpiece', 'unigram'] as const;
export const tokenKinds = ['char', 'grapheme', 'word', 'whitespace', 'byte', ...learnedTokenKinds] as const;
export const nonlinearities = ['tanh', 'relu'] as const;
export const cleanings = ['none', 'letters', 'eos', 'd2l-0.7', 'd2l-0.17', 'd2l-1.0'] as const;
export const cells = ['rnn', 'gru', 'lstm', 'mingru', 'minlstm'] as const;
export const samplings = ['sequential', 'random', 'windows', 'penn-treebank'] as const;
export const truncations = ['regular', 'full', 'randomized', 'random-lengths'] as const;
export const optimizers = [
  'sgd',
  'momentum',
  'rmsprop',
  'adam',
  'adamw',
  'nadam',
  'radam',
  'adamax',
  'lamb',
  'adagrad',
  'adadelta',
  'nt-asgd',
] as const;
export const schedules = ['constant', 'cosine', 'one-cycle', 'cyclical', 'on-plateau'] as const;
/** The parts that some data sets are published in. */
export const splits = ['train', 'validation', 'test'] as const satisfies readonly TextPart[];
export const smoothings = [
  'kneser-ney',
  'kneser-ney-backoff',
  'witten-bell',
  'laplace',
  'add-k',
  'maximum-likelihood',
] as const;

/**
 * `char`: code points. `grapheme`: what a reader takes for one character, with its accents or as a whole emoji. `word`: punctuation is
 * split off where the text was not cleaned. `whitespace`: words as the file has them, between blanks. `bpe`, `wordpiece`, `unigram`:
 * parts of words, learned of the training text. Of these, `wordpiece` does not keep white space.
 */
export type TokenKind = (typeof tokenKinds)[number];

export type LearnedTokenKind = (typeof learnedTokenKinds)[number];

export function isLearned(tokens: TokenKind): tokens is LearnedTokenKind {
  return learnedTokenKinds.some((kind) => kind === tokens);
}

/** What a token of this kind is called in a sentence. */
export function tokenNoun(tokens: TokenKind): string {
  switch (tokens) {
    case 'whitespace':
      return 'word';
    case 'bpe':
    case 'wordpiece':
    case 'unigram':
      return 'piece';
    case 'grapheme':
      return 'character';
    default:
      return tokens;
  }
}

/**
 * `none`: the text as it is. `letters`: lower-case a to z, one space for anything else. `eos`: the end of each line is a word, <eos>,
 * as in Penn Treebank models. `d2l-...`: as that edition of Dive into Deep Learning cleans its corpus, and with its vocabulary, which is
 * of the whole text in its order (see `cleanTokens` of text-preprocess).
 */
export type Cleaning = (typeof cleanings)[number];

export type CorpusNames = string | readonly string[];

/** What corpora are called in a sentence. */
export function corpusName(corpus: CorpusNames): string {
  return typeof corpus === 'string' ? corpus : corpus.join(' + ');
}

export const defaultVocabularySize = 1000;

/** @throws ArgumentError when a size was asked for of a vocabulary that is not learned: it would have no effect */
export function requireLearnedFor({
  tokens,
  vocabularySize,
}: Pick<TextSettings, 'tokens' | 'vocabularySize'>): void {
  if (vocabularySize === undefined || isLearned(tokens)) return;
  throw new ArgumentError(
    'vocabularySize',
    `none for tokens '${tokens}', which are not learned`,
    vocabularySize,
  );
}

/** How a corpus becomes ids: what recurrent and n-gram models have in common. */
export interface TextSettings {
  readonly tokens: TokenKind;
  readonly clean: Cleaning;
  /** Rarer tokens become `<unk>`. */
  readonly minFrequency: number;
  /** For learned parts of words: how many tokens there are at most. Default {@link defaultVocabularySize}. */
  readonly vocabularySize?: number;
  /** undefined: the whole corpus. */
  readonly maxTokens?: number;
  /** Share of the text, from its end, that is kept for validation. */
  readonly validation: number;
}

/** Everything that decides what a run computes: recorded beside the model, so that it can be continued and repeated. */
export interface TrainSettings extends TextSettings {
  /** A name or a path; of several the texts follow one another. */
  readonly corpus: CorpusNames;
  /** What is validated on, whatever `validation` says. Default: the end of the corpus, or the part that it comes with. */
  readonly validationCorpus?: string;
  /** Of a corpus that is published in parts, the part that is the text. Default: `train`, validated on `validation`. */
  readonly split?: TextPart;
  readonly cell: (typeof cells)[number];
  /** H. A list gives every layer its own. */
  readonly hiddenSize: number | readonly number[];
  readonly layers: number;
  readonly embedding: 'one-hot' | number;
  readonly tied: boolean;
  readonly dropout: number | ModelDropout;
  readonly batch: number;
  readonly steps: number;
  /**
   * How the text is cut into batches, and so how it is validated. `windows` validates on windows, each from a zero state, as edition 1.0 of
   * the chapter does. `penn-treebank`, where nothing is drawn, validates on the same layout. The others read the whole validation text,
   * state carried.
   */
  readonly sampling: (typeof samplings)[number];
  readonly truncation: (typeof truncations)[number];
  readonly optimizer: (typeof optimizers)[number];
  readonly lr: number;
  /** How the learning rate changes over the run, unless `decay` says so. */
  readonly schedule: (typeof schedules)[number];
  /** 0: off. */
  readonly clip: number;
  readonly epochs: number;
  /** Epochs without a new best validation before training ends; the model gets the weights of the best. Default: all epochs are trained. */
  readonly earlyStopping?: number;
  /** Batches to one update. Default 1. */
  readonly accumulate?: number;
  /** What an `rnn` passes its sum through. Default 'tanh'. */
  readonly nonlinearity?: (typeof nonlinearities)[number];
  /** Whether a `gru` resets after the recurrent product. Default true. */
  readonly resetAfter?: boolean;
  /** Layer norm within the cells. Default false. */
  readonly layerNorm?: boolean;
  /** Peephole connections of an `lstm`. Default false. */
  readonly peephole?: boolean;
  /** P: an `lstm`'s hidden state is projected to this size. Default: none. */
  readonly projectionSize?: number | undefined;
  /** Whether each layer's input is added to its output, from the second layer on. Default false. */
  readonly residual?: boolean;
  /** Default: none. */
  readonly zoneout?: NonNullable<RecurrentModelConfig['zoneout']>;
  /** Default: none. */
  readonly activationPenalty?: ActivationPenalty;
  /** What an `lstm`'s forget gate begins with. Default 1; with a preset, the preset's. */
  readonly forgetBias?: number;
  /** The largest absolute value of a gradient's element. Default: any. */
  readonly clipValue?: number;
  /** Default 0; of adamw PyTorch's 0.01. */
  readonly weightDecay?: number;
  /**
   * The model whose weights the run starts from, and hashes of them and of its optimizer's state, where there is one: others would make
   * another run. Default: drawn.
   */
  readonly initFrom?: { readonly path: string; readonly weights: string; readonly optimizer?: string };
  readonly seed: number;
  /** Which published protocol the settings started from. */
  readonly preset?: string;
  // What protocols fix beyond the options of the command line.
  readonly initializer?: PresetInitializer;
  /** Biases per gate that learn: 1 where the published code has only one. Default 2. */
  readonly biases?: 1;
  readonly decay?: { readonly after: number; readonly factor: number };
  readonly reduction?: 'mean' | 'sum-over-time';
}

/** What an n-gram model is made of. */
export interface NgramSettings extends TextSettings {
  readonly order: number;
  /** Whether each line is a sentence between `<s>` and `</s>`. */
  readonly lines: boolean;
  readonly smoothing: (typeof smoothings)[number];
  /** n-grams of orders 1, 2, ... that occur so often or less are dropped. */
  readonly prune: readonly number[];
  /** For add-k. Default 1. */
  readonly k?: number;
  /** For laplace: the chapter's epsilon, the same for every order. Default 1. */
  readonly epsilon?: number;
}

type Recipe = Omit<TrainSettings, 'embedding' | 'schedule' | 'lr' | 'corpus'> & { readonly corpus: string };

/** What `generate train` does unless told otherwise: learns Moby-Dick's words, and more than 5-grams know, in one to two minutes. */
export const commandRecipe: Recipe = {
  corpus: 'moby-dick',
  tokens: 'char',
  clean: 'none',
  minFrequency: 1,
  cell: 'gru',
  hiddenSize: 384,
  layers: 1,
  tied: false,
  dropout: 0.35,
  batch: 32,
  steps: 35,
  sampling: 'sequential',
  truncation: 'regular',
  optimizer: 'adam',
  clip: 1,
  epochs: 9,
  validation: 0.1,
  seed: 1,
};

/**
 * Where the page differs from the command: someone watches it, so it takes about a minute. A smaller network with smaller batches, which
 * still gets past the 5-gram. It is what `settingsForText` gives for Moby-Dick; everything else is the command's.
 */
export const pageRecipe: Partial<TrainSettings> = {
  hiddenSize: 256,
  dropout: 0.3,
  batch: 16,
  steps: 35,
  epochs: 11,
  lr: 0.008,
};

/** What `generate ngram` does unless told otherwise, and the model that the page compares its networks with. */
export const ngramRecipe: NgramSettings = {
  tokens: 'char',
  clean: 'none',
  minFrequency: 1,
  validation: 0.1,
  lines: false,
  order: 5,
  smoothing: 'kneser-ney',
  prune: [0],
};

/**
 * Adam gains most from one cycle when the number of epochs is given: on Moby-Dick it ends at a validation perplexity 8% below that
 * of a constant rate. Plain descent follows the chapter, and averaged descent waits for a plateau by itself.
 */
const defaultSchedules: Readonly<Record<TrainSettings['optimizer'], TrainSettings['schedule']>> = {
  sgd: 'constant',
  momentum: 'constant',
  rmsprop: 'constant',
  adam: 'one-cycle',
  adamw: 'one-cycle',
  nadam: 'one-cycle',
  radam: 'one-cycle',
  adamax: 'one-cycle',
  lamb: 'one-cycle',
  adagrad: 'constant',
  adadelta: 'constant',
  'nt-asgd': 'constant',
};

/** Learning rates that work for models of this size: the chapter's for plain descent, usual ones for the adaptive rules. */
const defaultLearningRates: Readonly<Record<TrainSettings['optimizer'], number>> = {
  sgd: 1,
  momentum: 0.1,
  rmsprop: 0.002,
  adam: 0.004,
  adamw: 0.004,
  nadam: 0.004,
  radam: 0.004,
  adamax: 0.008,
  lamb: 0.01,
  adagrad: 0.04,
  adadelta: 1,
  'nt-asgd': 30,
};

/** Rules whose steps are of one length, whatever the gradient's. */
const adaptive: ReadonlySet<TrainSettings['optimizer']> = new Set([
  'rmsprop',
  'adam',
  'adamw',
  'nadam',
  'radam',
  'adamax',
  'lamb',
]);

/** Schedules that end near zero bear a higher rate before. */
const fallingFactor = 2.5;

/** The rate where none is given: the optimizer's, or the peak of a schedule that ends near zero. */
function defaultLearningRate({ optimizer, schedule }: Pick<TrainSettings, 'optimizer' | 'schedule'>): number {
  const falls = schedule === 'cosine' || schedule === 'one-cycle';
  return defaultLearningRates[optimizer] * (adaptive.has(optimizer) && falls ? fallingFactor : 1);
}

/**
 * Fills in what was not given: from a recipe (a published protocol, or the page's) where one is followed, else from the
 * command's, and what depends on other settings.
 */
export function completeSettings(
  options: Partial<TrainSettings>,
  recipe: Partial<TrainSettings> = {},
): TrainSettings {
  const { decay, lr: rate, schedule: course, resetAfter, ...fixed } = recipe;
  // Rates and their course are of the recipe's own rule; what is before or after a reset, of a GRU.
  const { optimizer = recipe.optimizer } = options;
  const isOtherRule = recipe.optimizer !== undefined && optimizer !== recipe.optimizer;
  const isGru = (options.cell ?? recipe.cell) === 'gru';
  const given: Partial<TrainSettings> = {
    ...fixed,
    ...(!isOtherRule && rate !== undefined && { lr: rate }),
    ...(!isOtherRule && course !== undefined && { schedule: course }),
    ...(!isOtherRule && options.schedule === undefined && decay && { decay }),
    ...(isGru && resetAfter !== undefined && { resetAfter }),
    ...options,
  };
  const settings = { ...commandRecipe, ...given };
  const { hiddenSize } = settings;
  // A one-hot vector of a large vocabulary would make the first layer needlessly large.
  const embedding = given.embedding ?? (isMany(settings.tokens) ? firstOf(hiddenSize) : 'one-hot');
  const layers = given.layers ?? (typeof hiddenSize === 'number' ? settings.layers : hiddenSize.length);
  const schedule = given.schedule ?? defaultSchedules[settings.optimizer];
  const lr = given.lr ?? defaultLearningRate({ optimizer: settings.optimizer, schedule });
  return { ...settings, layers, embedding, schedule, lr };
}

function isMany(tokens: TokenKind): boolean {
  return tokens === 'word' || tokens === 'whitespace' || isLearned(tokens);
}

function firstOf(hiddenSize: number | readonly number[]): number {
  return typeof hiddenSize === 'number' ? hiddenSize : hiddenSize[0];
}

/** The shortest text, in tokens, that fills one batch when its last part is kept for validation. */
export function fewestTokens({ batch, steps, validation }: TrainSettings): number {
  // Each row takes one token more than it predicts; the rows overlap by it.
  return Math.ceil((batch * steps + 1) / (1 - validation));
}

const plainObject: Check<unknown> = check(
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** What settings that come from a file must be. The model and the trainer check what protocols fix, where they use it. */
export const settingChecks: OptionChecks<TrainSettings> = {
  corpus: required(either(nonEmptyText, list(nonEmptyText, { length: { from: 1 } }))),
  validationCorpus: nonEmptyText,
  split: oneOf(splits),
  tokens: required(oneOf(tokenKinds)),
  clean: required(oneOf(cleanings)),
  minFrequency: required(whole({ from: 1 })),
  vocabularySize: whole({ from: 1 }),
  maxTokens: whole({ from: 1 }),
  validation: required(number({ from: 0, below: 1 })),
  cell: required(oneOf(cells)),
  hiddenSize: required(either(whole({ from: 1 }), list(whole({ from: 1 }), { length: { from: 1 } }))),
  layers: required(whole({ from: 1 })),
  embedding: required(either(oneOf(['one-hot']), whole({ from: 1 }))),
  tied: required(boolean),
  dropout: required(either(dropRate, plainObject)),
  batch: required(whole({ from: 1 })),
  steps: required(whole({ from: 1 })),
  sampling: required(oneOf(samplings)),
  truncation: required(oneOf(truncations)),
  optimizer: required(oneOf(optimizers)),
  lr: required(number({ from: 0 })),
  schedule: required(oneOf(schedules)),
  clip: required(number({ from: 0 })),
  epochs: required(whole({ from: 1 })),
  seed: required(whole()),
  earlyStopping: whole({ from: 0 }),
  accumulate: whole({ from: 1 }),
  nonlinearity: oneOf(nonlinearities),
  initFrom: record<NonNullable<TrainSettings['initFrom']>>({
    path: required(nonEmptyText),
    weights: required(nonEmptyText),
    optimizer: nonEmptyText,
  }),
  preset: nonEmptyText,
  resetAfter: boolean,
  layerNorm: boolean,
  peephole: boolean,
  projectionSize: whole({ from: 1 }),
  residual: boolean,
  zoneout: plainObject,
  initializer: plainObject,
  forgetBias: number(),
  biases: whole({ from: 1, to: 1 }),
  activationPenalty: plainObject,
  clipValue: positive,
  decay: plainObject,
  weightDecay: number({ from: 0 }),
  reduction: anything,
};
