import { type PresetOptimizer, preset } from '@throughtime/lang-model';
import type { TrainSettings } from './settings.js';

/** The text that each family of protocols was published with. */
const corpora: readonly (readonly [prefix: string, settings: Partial<TrainSettings>])[] = [
  // The windows of edition 1.0: 10,000 of 32 characters for training, the next 5,000 for validation.
  ['d2l-1.0', { corpus: 'time-machine', clean: 'd2l-1.0', maxTokens: 15_032, validation: 0.33263 }],
  ['d2l-0.6', { corpus: 'time-machine', clean: 'd2l-0.7', maxTokens: 10_000, validation: 0 }],
  ['d2l-0.17', { corpus: 'time-machine', clean: 'd2l-0.17', maxTokens: 10_000, validation: 0 }],
  ['ptb', { corpus: 'penn-treebank', tokens: 'word', clean: 'eos' }],
  ['awd-lstm', { corpus: 'penn-treebank', tokens: 'word', clean: 'eos' }],
  ['char-rnn', { corpus: 'tiny-shakespeare', validation: 0.05 }],
];

/**
 * A published protocol as a recipe; options given beside it win.
 * @throws ArgumentError, whose message lists the names there are
 */
export function presetRecipe(name: string): Partial<TrainSettings> {
  const { model, training, initializer, forgetBias, biases } = preset(name);
  const { hiddenSize = 256, layers = 1, cell = 'lstm', embedding = 'one-hot', tied = false, dropout } = model;
  const { clipNorm = 0, clipValue, decay, weightDecay, reduction } = training;
  const [, corpus = {}] = corpora.find(([prefix]) => name.startsWith(prefix)) ?? [];
  return {
    ...corpus,
    preset: name,
    cell,
    hiddenSize,
    layers: typeof hiddenSize === 'number' ? layers : hiddenSize.length,
    embedding,
    tied,
    dropout: dropout ?? 0,
    batch: training.batchSize,
    steps: training.steps,
    sampling: training.sampling,
    truncation: training.randomLengths ? 'random-lengths' : 'regular',
    optimizer: optimizerName(training.optimizer),
    lr: training.learningRate,
    schedule: 'constant',
    clip: clipNorm,
    epochs: training.epochs,
    initializer,
    ...(model.resetAfter !== undefined && { resetAfter: model.resetAfter }),
    ...(forgetBias !== undefined && { forgetBias }),
    ...(biases !== undefined && { biases }),
    ...(model.activationPenalty && { activationPenalty: model.activationPenalty }),
    ...(clipValue !== undefined && { clipValue }),
    ...(decay && { decay }),
    ...(weightDecay !== undefined && { weightDecay }),
    ...(reduction && { reduction }),
  };
}

function optimizerName({ name }: PresetOptimizer): TrainSettings['optimizer'] {
  return name === 'non-monotonic-averaged-sgd' ? 'nt-asgd' : name;
}
