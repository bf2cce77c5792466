// From settings to a run: what `generate train` and the page's worker train. Same settings, same text: the very same weights.
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  BpttTrainer,
  constant,
  cosine,
  cyclical,
  cyclicalDefaults,
  exponentialAfter,
  type FitOptions,
  frozenSecondBiases,
  full,
  lamb,
  nadam,
  nonMonotonicAveragedSgd,
  type Optimizer,
  oneCycle,
  oneCycleDefaults,
  onPlateau,
  radam,
  randomized,
  randomLengths,
  randomLengthsDefaults,
  regular,
  rmsProp,
  type Schedule,
  sgd,
  type TrainerSnapshot,
  type Truncation,
} from '@throughtime/bptt-trainer';
import type { BatchSource, TokenBatch } from '@throughtime/contract';
import { pennTreebankBatches, randomBatches, sequentialBatches, windowBatches } from '@throughtime/datasets';
import { ArgumentError, grouped, inWords, oneOf, record } from '@throughtime/errors';
import {
  initializerOf,
  type ModelDropout,
  RecurrentLanguageModel,
  type RecurrentModelConfig,
  type RecurrentModelState,
  resolveModelConfig,
  streamBatches,
} from '@throughtime/lang-model';
import type { ScheduleSettings, TruncationSettings } from '@throughtime/pytorch-run';
import { Random } from '@throughtime/random';
import type { Vocabulary } from '@throughtime/text-preprocess';
import { defaultEngine } from '@throughtime/wasm-kernels';
import {
  type EncodedCorpus,
  encodeCorpus,
  type LoadedCorpus,
  requireWordsOf,
  type UnigramFloor,
  unigramFloor,
} from './corpus.js';
import { cells, corpusName, settingChecks, type TrainSettings } from './settings.js';
import { kindOf, TextForm } from './text-form.js';
import type { TextModel } from './text-model.js';

/** A run between its first and last update, with its model. */
export interface TrainingRun extends TextModel {
  readonly settings: TrainSettings;
  readonly corpus: LoadedCorpus;
  readonly training: Int32Array;
  /** undefined when none was wanted. */
  readonly validation: Validation | undefined;
  readonly unigram: UnigramFloor;
  readonly batches: BatchSource<TokenBatch>;
  readonly trainer: BpttTrainer<TokenBatch, RecurrentModelState>;
  /** Draws the samples that are shown, apart from all that decides what is learned. */
  readonly samples: Random;
  /** Where to continue; undefined to begin at the beginning. */
  readonly resume: TrainerSnapshot | undefined;
  /** The last epoch: that of the settings, or a later one when a finished run continues. */
  readonly epochs: number;
}

/** What a run is validated on after every epoch. */
export interface Validation {
  /** How many tokens were kept for it. */
  readonly tokens: number;
  /** What the batches are cut from, and how. */
  readonly ids: Int32Array;
  readonly layout: 'windows' | 'penn-treebank' | 'streams';
  readonly batches: BatchSource<TokenBatch>;
  /** In words: a perplexity says little without. */
  readonly how: string;
}

export interface RunOptions {
  /** Where a run of the same settings and corpus was. Default: at its beginning. */
  readonly resume?: TrainerSnapshot | undefined;
  /** A model to train further, in its own tokens. Default: a new one; a run that resumes gives it the weights it had. */
  readonly model?: TextModel;
  /** A model whose weights, architecture and tokens a new run starts from. Default: weights are drawn. */
  readonly initial?: TextModel | undefined;
  /** Asked before every update: a factor on the learning rate, by which someone who watches changes it. Default: always 1. */
  readonly rateFactor?: () => number;
}

/**
 * @throws ArgumentError naming the setting that cannot be; CorpusTooShortError when the text does not fill one batch;
 *   EngineMemoryError
 */
export function prepareRun(
  corpus: LoadedCorpus,
  settings: TrainSettings,
  options: RunOptions = {},
): TrainingRun {
  return runOn(encodeCorpus(corpus, settings, options.model ?? options.initial), corpus, settings, options);
}

/** A run on ids, of whatever they are the ids. @throws as {@link prepareRun} */
export function runOn(
  { form, tokenizer, vocabulary, ...texts }: EncodedCorpus,
  corpus: LoadedCorpus,
  settings: TrainSettings,
  { resume, model: known, initial, rateFactor = () => 1 }: RunOptions = {},
): TrainingRun {
  const [training] = texts.training;
  // One id predicts nothing.
  const validation = texts.validation.filter(({ length }) => length > 1);
  requireValidation(settings, validation.length > 0);
  const unigram = unigramFloor({ ...texts, form, tokenizer, vocabulary, validation });
  // Streams of their own, so that what one draws does not depend on the others.
  const random = Random.seeded(settings.seed);
  const [weights, order, dropout, samples] = [random.fork(), random.fork(), random.fork(), random.fork()];
  const batches = trainingBatches(training, settings, order);
  const model = known?.model ?? newModel(settings, vocabulary, weights, initial?.model);
  return {
    settings,
    corpus,
    model,
    tokenizer,
    vocabulary,
    notes: { ...form.notes, corpus: corpusName(settings.corpus) },
    training,
    validation: validation[0] && validationOf(training, validation[0], settings, corpus),
    unigram,
    batches,
    trainer: trainerFor(model, settings, { random: dropout, rateFactor }),
    samples,
    resume,
    epochs: settings.epochs,
  };
}

/**
 * What computes a model, as its checkpoints say: the engine's variant, or the reference path. Under another one the same run ends with
 * weights that differ in the last bits.
 */
export function engineOf({ path }: Pick<RecurrentLanguageModel, 'path'>): string {
  return path === 'fused' ? defaultEngine().simd : 'reference';
}

/** What the trainer is told, so that it trains a run to the end of its epochs: `run.trainer.fit(run.batches, fitOptions(run))`. */
export function fitOptions({
  validation,
  resume,
  epochs,
  settings: { earlyStopping },
}: Pick<TrainingRun, 'validation' | 'resume' | 'epochs' | 'settings'>): Pick<
  FitOptions<TokenBatch>,
  'epochs' | 'validation' | 'resume' | 'earlyStopping' | 'restoreBest'
> {
  return {
    epochs,
    ...(validation && { validation: validation.batches }),
    ...(earlyStopping !== undefined && { earlyStopping: { patience: earlyStopping }, restoreBest: true }),
    ...(resume && { resume }),
  };
}

/** Before anything is written, and in the settings' words; the trainer would refuse it later, in its own. */
function requireValidation({ schedule, optimizer, earlyStopping }: TrainSettings, isThere: boolean): void {
  if (isThere) return;
  const waiting =
    schedule === 'on-plateau'
      ? (['schedule', schedule] as const)
      : optimizer === 'nt-asgd'
        ? (['optimizer', optimizer] as const)
        : earlyStopping !== undefined && (['earlyStopping', 'early stopping'] as const);
  if (!waiting) return;
  const [name, value] = waiting;
  throw new ArgumentError(name, `a text to validate on, which ${value} waits for`, inWords('none'), {
    hint: 'keep a share of the corpus for validation',
  });
}

/**
 * @param initial a model whose weights it gets
 * @throws ArgumentError naming the setting that cannot be
 */
export function newModel(
  settings: TrainSettings,
  vocabulary: Vocabulary,
  random: Random,
  initial?: RecurrentLanguageModel,
): RecurrentLanguageModel {
  if (initial) return startedFrom(initial, settings, vocabulary, random);
  const { initializer, cell } = settings;
  // Gates that start open let gradients through from the first step on (Jozefowicz et al. 2015).
  const forgetBias = settings.forgetBias ?? (settings.preset === undefined ? 1 : undefined);
  return new RecurrentLanguageModel({
    ...architectureOf(settings),
    vocabulary,
    random,
    ...(initializer && { initializer: initializerOf(initializer) }),
    ...(cell === 'lstm' && forgetBias !== undefined && { forgetBias }),
  });
}

/** What a model has for its training alone. */
function regularizationOf(
  settings: TrainSettings,
): Pick<RecurrentModelConfig, 'dropout' | 'zoneout' | 'activationPenalty'> {
  const { zoneout, activationPenalty } = settings;
  const dropout = dropoutOf(settings);
  return {
    ...(dropout && { dropout }),
    ...(zoneout && { zoneout }),
    ...(activationPenalty && { activationPenalty }),
  };
}

/** The architecture of the settings, but for the vocabulary. */
function architectureOf(settings: TrainSettings): Omit<RecurrentModelConfig, 'vocabularySize'> {
  const { cell, hiddenSize, layers, embedding, tied, nonlinearity, resetAfter } = settings;
  const { layerNorm, peephole, projectionSize, residual } = settings;
  return {
    ...{ cell, hiddenSize, layers, embedding },
    ...(tied && { tied }),
    ...(nonlinearity && { nonlinearity }),
    ...(resetAfter !== undefined && { resetAfter }),
    ...(layerNorm && { layerNorm }),
    ...(peephole && { peephole }),
    ...(projectionSize !== undefined && { projectionSize }),
    ...(residual && { residual }),
    ...regularizationOf(settings),
  };
}

/**
 * What can be said of settings before their text is read.
 * @throws ArgumentError naming the setting that cannot be
 */
export function checkSettings(settings: TrainSettings): void {
  record(settingChecks)('settings', settings);
  if (!settings.initFrom) requireWordsOf(settings);
  // Any vocabulary: no check depends on its size.
  resolveModelConfig({ ...architectureOf(settings), vocabularySize: 2 });
  optimizerFor(settings);
  scheduleFor(scheduleSettings(settings));
  truncationFor(truncationSettings(settings));
}

/** The architecture and the weights are the other model's; what only training knows is the settings'. */
function startedFrom(
  { config, parameters }: RecurrentLanguageModel,
  settings: TrainSettings,
  vocabulary: Vocabulary,
  random: Random,
): RecurrentLanguageModel {
  const { vocabularySize: _, dropout: __, activationPenalty: ___, zoneout: ____, ...architecture } = config;
  const model = new RecurrentLanguageModel({
    ...architecture,
    ...regularizationOf(settings),
    vocabulary,
    random,
  });
  for (const [i, { data }] of parameters.entries()) model.parameters[i].data.set(data);
  return model;
}

/** The settings that a model to start from decides. */
type ModelSettings = Pick<
  TrainSettings,
  | 'cell'
  | 'hiddenSize'
  | 'layers'
  | 'embedding'
  | 'tied'
  | 'tokens'
  | 'clean'
  | 'nonlinearity'
  | 'resetAfter'
  | 'layerNorm'
  | 'peephole'
  | 'projectionSize'
  | 'residual'
>;

/** What a run's settings are where it starts from a model: the architecture and the tokens are not free. */
export function settingsOfModel({ model, tokenizer, notes }: TextModel): ModelSettings {
  const { cell = 'lstm', hiddenSize = 256, layers, embedding = 'one-hot', tied = false } = model.config;
  const { nonlinearity = 'tanh', resetAfter = true, projectionSize } = model.config;
  const { layerNorm = false, peephole = false, residual = false } = model.config;
  return {
    cell: oneOf(cells)('cell', cell),
    hiddenSize,
    layers: layers ?? (typeof hiddenSize === 'number' ? 1 : hiddenSize.length),
    embedding,
    tied,
    tokens: kindOf(tokenizer),
    clean: TextForm.of({ model, tokenizer, notes }).clean,
    // Said also where they are usual: a recipe may have them otherwise.
    ...(cell === 'rnn' && { nonlinearity }),
    ...(cell === 'gru' && { resetAfter }),
    ...{ layerNorm, peephole, residual, projectionSize },
  };
}

/** One number means what it does in the PTB code; a one-hot input stays whole, since dropping it would drop the token. */
function dropoutOf({ dropout, embedding }: TrainSettings): ModelDropout | undefined {
  if (typeof dropout !== 'number') return dropout;
  if (dropout === 0) return undefined;
  return { ...(embedding !== 'one-hot' && { input: dropout }), between: dropout, output: dropout };
}

/** How many steps each batch has: what truncation makes of the setting `steps`. */
export function batchSteps({ truncation, steps, batch }: TrainSettings, tokens: number): number {
  switch (truncation) {
    case 'regular':
      return steps;
    case 'full':
    case 'random-lengths':
      // One batch per epoch: each row is its whole share of the text.
      return Math.max(1, Math.floor((tokens - 1) / batch));
    case 'randomized':
      // Long enough that most of the borders inside are drawn rather than given.
      return Math.max(1, Math.min(4 * steps, Math.floor((tokens - 1) / batch)));
  }
}

/** @throws CorpusTooShortError when the text does not fill one batch */
export function trainingBatches(
  training: Int32Array,
  settings: TrainSettings,
  random: Random,
): BatchSource<TokenBatch> {
  const { batch: batchSize, sampling } = settings;
  const shape = { batchSize, steps: batchSteps(settings, training.length) };
  const options = { ...shape, random };
  switch (sampling) {
    case 'sequential':
      return sequentialBatches(training, options);
    case 'random':
      return randomBatches(training, options);
    case 'windows':
      return windowBatches(training, options);
    case 'penn-treebank':
      return pennTreebankBatches(training, shape);
  }
}

/**
 * The validation text, always the same batches, in the way of the sampling. Windows are those after the training text's last, as edition
 * 1.0 has them. Any other text is read as a whole, in as many rows as it has room for; so is one too short for the layout of
 * `penn-treebank`.
 */
export function validationOf(
  training: Int32Array,
  ids: Int32Array,
  { sampling, batch, steps }: TrainSettings,
  { validationText }: Pick<LoadedCorpus, 'validationText'> = {},
): Validation {
  const tokens = ids.length;
  if (sampling === 'windows') {
    const before =
      validationText === undefined ? training.subarray(Math.max(0, training.length - steps)) : [];
    const read = new Int32Array(before.length + tokens);
    read.set(before);
    read.set(ids, before.length);
    if (read.length > steps) {
      const batches = windowBatches(read, { batchSize: batch, steps });
      const windows = read.length - steps;
      return {
        ...{ tokens, ids: read, layout: sampling },
        batches,
        how: `on ${grouped(windows)} windows of ${steps} tokens, each from a zero state`,
      };
    }
  }
  if (sampling === 'penn-treebank' && tokens >= batch * (steps + 1)) {
    const batches = pennTreebankBatches(ids, { batchSize: batch, steps });
    const read = grouped(batches.length * batch * steps);
    const how = `on ${read} tokens in ${batch} rows, the state carried along each`;
    return { tokens, ids, layout: sampling, batches, how };
  }
  const streams = Math.max(1, Math.min(batch, Math.floor((tokens - 1) / steps)));
  const batches = streamBatches(ids, { streams, steps });
  const rows = batches.streams === 1 ? 'as one row' : `in ${batches.streams} rows`;
  return {
    ...{ tokens, ids, layout: 'streams' },
    batches,
    how: `on ${grouped(tokens)} tokens ${rows}, the state carried along${streams === 1 ? '' : ' each'}`,
  };
}

function trainerFor(
  model: RecurrentLanguageModel,
  settings: TrainSettings,
  { random, rateFactor }: { readonly random: Random; readonly rateFactor: () => number },
): TrainingRun['trainer'] {
  const schedule = scheduleFor(scheduleSettings(settings));
  return new BpttTrainer(model, {
    optimizer: optimizerFor(settings),
    truncation: truncationFor(truncationSettings(settings)),
    random,
    schedule: {
      ...schedule,
      factor: (position, memory) => schedule.factor(position, memory) * rateFactor(),
    },
    reduction: settings.reduction ?? 'mean',
    ...(settings.accumulate !== undefined && { accumulate: settings.accumulate }),
    ...(settings.clip > 0 && { clipNorm: settings.clip }),
    ...(settings.clipValue !== undefined && { clipValue: settings.clipValue }),
  });
}

export function optimizerFor(settings: TrainSettings): Optimizer {
  const { optimizer, lr, weightDecay = 0, biases, cell, resetAfter = true } = settings;
  // With the reset after the product, a GRU's second bias is no duplicate of the first.
  const duplicate = cell !== 'gru' || !resetAfter;
  const groups = biases === 1 && duplicate ? [frozenSecondBiases] : [];
  switch (optimizer) {
    case 'sgd':
      return sgd(lr, { weightDecay, groups });
    case 'momentum':
      return sgd(lr, { momentum: 0.9, weightDecay, groups });
    case 'rmsprop':
      return rmsProp(lr, { alpha: 0.95, weightDecay, groups });
    case 'adam':
      return adam(lr, { weightDecay, groups });
    case 'adamw':
      // 0.01, PyTorch's default, unless a protocol says otherwise.
      return adamW(lr, { ...(settings.weightDecay !== undefined && { weightDecay }), groups });
    case 'nadam':
      return nadam(lr, { weightDecay, groups });
    case 'radam':
      return radam(lr, { weightDecay, groups });
    case 'adamax':
      return adamax(lr, { weightDecay, groups });
    case 'lamb':
      return lamb(lr, { weightDecay, groups });
    case 'adagrad':
      return adagrad(lr, { weightDecay, groups });
    case 'adadelta':
      return adadelta(lr, { weightDecay, groups });
    case 'nt-asgd':
      return nonMonotonicAveragedSgd(lr, { weightDecay, groups });
  }
}

/** The schedule of the settings as plain data. */
export function scheduleSettings({ schedule, decay }: TrainSettings): ScheduleSettings {
  if (decay) return { name: 'exponential-after', after: decay.after, decay: decay.factor };
  switch (schedule) {
    case 'constant':
    case 'cosine':
      return { name: schedule };
    case 'one-cycle':
      return { name: schedule, ...oneCycleDefaults };
    case 'cyclical':
      return { name: schedule, ...cyclicalDefaults };
    case 'on-plateau':
      // A run has tens of epochs, not the hundreds that PyTorch's patience of ten is meant for.
      return { name: schedule, factor: 0.5, patience: 0, threshold: 1e-4 };
  }
}

function scheduleFor(settings: ScheduleSettings): Schedule {
  switch (settings.name) {
    case 'constant':
      return constant();
    case 'cosine':
      return cosine();
    case 'exponential-after':
      return exponentialAfter(settings.after, settings.decay);
    case 'one-cycle': {
      const { name: _, ...options } = settings;
      return oneCycle(options);
    }
    case 'cyclical': {
      const { name: _, ...options } = settings;
      return cyclical(options);
    }
    case 'on-plateau': {
      const { name: _, ...options } = settings;
      return onPlateau(options);
    }
  }
}

/** The truncation of the settings as plain data. */
export function truncationSettings({ truncation, steps }: TrainSettings): TruncationSettings {
  switch (truncation) {
    case 'regular':
      return { name: truncation, steps };
    case 'full':
      return { name: truncation };
    case 'randomized':
      // Pieces of `steps` on average.
      return { name: truncation, keep: 1 - 1 / Math.max(2, steps) };
    case 'random-lengths':
      // AWD-LSTM's.
      return {
        ...{ name: truncation, steps, ...randomLengthsDefaults },
        shortest: Math.min(randomLengthsDefaults.shortest, steps),
      };
  }
}

function truncationFor(settings: TruncationSettings): Truncation {
  switch (settings.name) {
    case 'regular':
      return regular(settings.steps);
    case 'full':
      return full();
    case 'randomized':
      return randomized(settings.keep);
    case 'random-lengths': {
      const { name: _, ...options } = settings;
      return randomLengths(options);
    }
  }
}
