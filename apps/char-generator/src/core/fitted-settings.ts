// Settings that fit a text: what the page offers for whatever someone pastes, and how long a run of them takes.
import { commandRecipe, fewestTokens, type TokenKind, type TrainSettings } from './settings.js';

/** What a text is to a model that reads it so. */
export interface TextSize {
  readonly tokens: number;
  /** How many different ones: V, roughly. */
  readonly distinct: number;
  readonly kind: TokenKind;
}

/** What follows from the length of a text. */
export type FittedSettings = Pick<
  TrainSettings,
  'hiddenSize' | 'dropout' | 'batch' | 'steps' | 'epochs' | 'lr'
> & {
  readonly hiddenSize: number;
  readonly dropout: number;
  /** Of a text that is learned by heart within the run. */
  readonly earlyStopping?: number;
};

export interface FittingOptions {
  /** How long the run may take on two cores, in seconds. Default 60: someone watches it. */
  readonly seconds?: number;
}

/**
 * One row for each size of text, in tokens to learn from: the network, and how often it reads the text. Short texts are learned by
 * heart before they are understood: a small network with much dropout goes furthest. Measured on beginnings of the page's books.
 */
const sizes: readonly {
  readonly below: number;
  readonly hiddenSize: number;
  readonly dropout: number;
  readonly passes: number;
}[] = [
  { below: 8_000, hiddenSize: 96, dropout: 0.5, passes: 20 },
  { below: 30_000, hiddenSize: 128, dropout: 0.5, passes: 20 },
  { below: 100_000, hiddenSize: 192, dropout: 0.4, passes: 15 },
  { below: 400_000, hiddenSize: 256, dropout: 0.3, passes: 11 },
  { below: Number.POSITIVE_INFINITY, hiddenSize: 256, dropout: 0.15, passes: 4 },
];

/** Tokens of an update: a thirtieth of the text, so that a pass has 30 updates or more; few enough that the first pass is over early. */
const updateShare = 30;
const fewestPerUpdate = 64;
const mostPerUpdate = 16 * 35;
/** Of texts whose passes have a thousand updates and more: larger batches are computed faster. */
const largeText = 400_000;
const largeUpdate = 32 * 50;

/** Shorter texts may be learned by heart before the run is over; passes without a better validation before it ends. */
const shortText = 100_000;
const patience = 5;

/** Peak rate of one cycle. Small batches are noisy, and want less of it. */
const learningRate = 0.008;

/** Floating-point operations per second of one core in training; two cores of 2.45 GHz do 40e9 in networks of 256 units. */
const operationsPerCore = 20e9;

/** The settings that suit a text of this size. The rest is as the recipe has it. */
export function settingsForText(size: TextSize, { seconds = 60 }: FittingOptions = {}): FittedSettings {
  const tokens = Math.floor(0.9 * size.tokens);
  const row = sizes.find(({ below }) => tokens < below) ?? sizes[sizes.length - 1];
  // In a short time a small network learns more, for it reads more.
  const hiddenSize = seconds < 40 ? Math.min(row.hiddenSize, 128) : row.hiddenSize;
  const perUpdate =
    tokens < largeText
      ? Math.min(mostPerUpdate, Math.max(fewestPerUpdate, Math.floor(tokens / updateShare)))
      : largeUpdate;
  const most = tokens < largeText ? 35 : 50;
  const steps = Math.min(most, Math.max(16, Math.round(2.1 * Math.sqrt(perUpdate))));
  const batch = Math.max(1, Math.round(perUpdate / steps));
  const affordable = (seconds * 2 * operationsPerCore) / (tokens * operationsPerToken(hiddenSize, size));
  const epochs = Math.max(1, Math.min(row.passes, Math.round(affordable)));
  return {
    hiddenSize,
    dropout: row.dropout,
    batch,
    steps,
    epochs,
    lr: learningRate,
    ...(tokens < shortText && { earlyStopping: patience }),
  };
}

/** What the command's defaults say, and a short text would have otherwise. */
const following = ['hiddenSize', 'dropout', 'batch', 'steps', 'epochs'] as const;

/**
 * Settings that suit a short text better than those of a run that keeps to the command's defaults. These follow no text, so that a command
 * means the same run whatever it reads.
 * @returns undefined for a longer text, and where other settings were asked for
 */
export function betterForShortText(settings: TrainSettings, size: TextSize): FittedSettings | undefined {
  const isShort = Math.floor(0.9 * size.tokens) < shortText;
  const keepsDefaults =
    settings.preset === undefined && following.every((name) => settings[name] === commandRecipe[name]);
  return isShort && keepsDefaults ? settingsForText(size) : undefined;
}

export interface RunPlan {
  readonly updates: number;
  /** On this many cores, about. */
  readonly seconds: number;
}

/** How many updates a run has, and about how long it takes; undefined when the text does not fill one batch. */
export function planOf(settings: TrainSettings, size: TextSize, cores: number): RunPlan | undefined {
  if (size.tokens < fewestTokens(settings)) return undefined;
  const { batch, steps, epochs, layers, validation } = settings;
  const hidden = settings.hiddenSize;
  const widths = typeof hidden === 'number' ? Array<number>(layers).fill(hidden) : hidden;
  const tokens = Math.floor(size.tokens * (1 - validation));
  const perPass = Math.max(1, Math.floor((tokens - 1) / (batch * steps)));
  const updates = perPass * epochs;
  // Each layer but the last is read by the next, which costs about what its own recurrence does.
  const operations =
    operationsPerToken(widths[widths.length - 1], size) +
    widths.slice(0, -1).reduce((sum, width) => sum + 2 * recurrence(width), 0);
  const seconds = (updates * batch * steps * operations) / (operationsPerCore * Math.max(1, cores));
  return { updates, seconds };
}

/** Forward, backward and gradient: six operations for each weight that a token meets. */
function operationsPerToken(hiddenSize: number, { distinct }: TextSize): number {
  return recurrence(hiddenSize) + 6 * hiddenSize * distinct;
}

/** Of three gates: a GRU, as the page has it; an LSTM costs a third more. */
function recurrence(hiddenSize: number): number {
  return 6 * 3 * hiddenSize * hiddenSize;
}
