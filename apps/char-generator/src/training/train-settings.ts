import type { ActivationPenalty, ModelDropout, PresetInitializer } from '@throughtime/lang-model';
import type { Cleaning, TokenKind } from '../text/text-form.js';

export const cells = ['rnn', 'gru', 'lstm', 'mingru', 'minlstm'] as const;
export const samplings = ['sequential', 'random', 'windows'] as const;
export const truncations = ['regular', 'full', 'randomized', 'random-lengths'] as const;
export const optimizers = ['sgd', 'momentum', 'rmsprop', 'adam', 'adamw', 'nt-asgd'] as const;
export const schedules = ['constant', 'cosine', 'one-cycle', 'on-plateau'] as const;

/** Everything that decides what a run computes: recorded beside the model, so that it can be continued and repeated. */
export interface TrainSettings {
  readonly corpus: string;
  readonly tokens: TokenKind;
  readonly clean: Cleaning;
  readonly minFrequency: number;
  readonly cell: (typeof cells)[number];
  /** A list gives every layer its own. */
  readonly hidden: number | readonly number[];
  readonly layers: number;
  readonly embedding: 'one-hot' | number;
  readonly tied: boolean;
  readonly dropout: number | ModelDropout;
  readonly batch: number;
  readonly steps: number;
  readonly sampling: (typeof samplings)[number];
  readonly truncation: (typeof truncations)[number];
  readonly optimizer: (typeof optimizers)[number];
  readonly lr: number;
  /** How the learning rate changes over the run, unless `decay` says so. */
  readonly schedule: (typeof schedules)[number];
  /** 0: off. */
  readonly clip: number;
  readonly epochs: number;
  /** undefined: the whole corpus. */
  readonly maxTokens?: number;
  readonly validation: number;
  readonly seed: number;
  /** Which published protocol the settings started from. */
  readonly preset?: string;
  // What protocols fix beyond the options of the command line.
  readonly resetAfter?: boolean;
  readonly initializer?: PresetInitializer;
  readonly forgetBias?: number;
  /** Biases a gate that learn: 1 where the published code has but one. Default 2. */
  readonly biases?: 1;
  readonly activationPenalty?: ActivationPenalty;
  readonly clipValue?: number;
  readonly decay?: { readonly after: number; readonly factor: number };
  readonly weightDecay?: number;
  readonly reduction?: 'mean' | 'sum-over-time';
}

/** What `generate train` does unless told otherwise: learns Moby-Dick's words, and more than 5-grams know, in one to two minutes. */
export const defaultSettings: Omit<TrainSettings, 'embedding' | 'schedule' | 'lr'> = {
  corpus: 'moby-dick',
  tokens: 'char',
  clean: 'none',
  minFrequency: 1,
  cell: 'gru',
  hidden: 384,
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
 * Of one cycle Adam makes the most within a given number of epochs: on Moby-Dick it ends at a validation perplexity 7% below that
 * of a constant rate. Plain descent follows the chapter, and averaged descent waits for a plateau by itself.
 */
export const defaultSchedules: Readonly<Record<TrainSettings['optimizer'], TrainSettings['schedule']>> = {
  sgd: 'constant',
  momentum: 'constant',
  rmsprop: 'constant',
  adam: 'one-cycle',
  adamw: 'one-cycle',
  'nt-asgd': 'constant',
};

/** Learning rates that work for models of this size: the chapter's for plain descent, usual ones for the adaptive rules. */
export const defaultLearningRates: Readonly<Record<TrainSettings['optimizer'], number>> = {
  sgd: 1,
  momentum: 0.1,
  rmsprop: 0.002,
  adam: 0.004,
  adamw: 0.004,
  'nt-asgd': 30,
};

/** Schedules that end near zero bear a higher rate before. */
const fallingFactor = 2.5;

/** The rate where none is given: the optimiser's, or the peak of a schedule that ends near zero. */
function defaultLearningRate({ optimizer, schedule }: Pick<TrainSettings, 'optimizer' | 'schedule'>): number {
  const adaptive = optimizer === 'adam' || optimizer === 'adamw' || optimizer === 'rmsprop';
  const falls = schedule === 'cosine' || schedule === 'one-cycle';
  return defaultLearningRates[optimizer] * (adaptive && falls ? fallingFactor : 1);
}

/**
 * Fills in what was not given: from a published protocol where one is followed, else from the defaults, and what depends on other
 * settings.
 */
export function completeSettings(
  options: Partial<TrainSettings>,
  protocol: Partial<TrainSettings> = {},
): TrainSettings {
  const { decay, ...fixed } = protocol;
  const given = { ...fixed, ...(options.schedule === undefined && decay && { decay }), ...options };
  const settings = { ...defaultSettings, ...given };
  // A one-hot vector of a word vocabulary would make the first layer needlessly large.
  const embedding = given.embedding ?? (settings.tokens === 'word' ? firstOf(settings.hidden) : 'one-hot');
  const layers =
    given.layers ?? (typeof settings.hidden === 'number' ? settings.layers : settings.hidden.length);
  const schedule = given.schedule ?? defaultSchedules[settings.optimizer];
  const lr = given.lr ?? defaultLearningRate({ optimizer: settings.optimizer, schedule });
  return { ...settings, layers, embedding, schedule, lr };
}

function firstOf(hidden: number | readonly number[]): number {
  return typeof hidden === 'number' ? hidden : hidden[0];
}
