import type { Preset, PresetTraining } from './preset.js';

const book = 'Dive into Deep Learning';
const firstCharacters = 'The Time Machine, first 10,000 characters, letters and spaces only (28 symbols)';
const windows =
  'The Time Machine, windows of 32 characters: 10,000 for training, the next 5,000 for validation';

/** Plain descent with a clipped norm, as in all editions. */
function descent(
  shape: Pick<PresetTraining, 'batchSize' | 'steps' | 'sampling'>,
  learningRate: number,
  clipNorm: number,
  epochs: number,
): PresetTraining {
  return { ...shape, optimizer: { name: 'sgd' }, learningRate, clipNorm, epochs };
}

/** Written out, as the formulas have it: one bias per gate. */
const scratch = { initializer: { kind: 'normal', deviation: 0.01 }, biases: 1 } as const;
const builtIn = { kind: 'uniform-by-hidden-size' } as const;

const edition06 = { batchSize: 32, steps: 64, sampling: 'sequential' } as const;
const edition017 = { batchSize: 32, steps: 35, sampling: 'sequential' } as const;
const edition10 = { batchSize: 1024, steps: 32, sampling: 'windows' } as const;

/** The chapter's protocols, by edition. 'Scratch' ones start normal(0, 0.01), those with a built-in layer as the framework. */
export const d2lPresets = {
  'd2l-0.6': {
    source: `${book} 0.6, scratch RNN`,
    corpus: firstCharacters,
    model: { cell: 'rnn', hiddenSize: 512 },
    ...scratch,
    training: descent(edition06, 100, 0.01, 500),
    published: { training: 1.05 },
  },
  'd2l-0.6-random': {
    source: `${book} 0.6, scratch RNN, random sampling`,
    corpus: firstCharacters,
    model: { cell: 'rnn', hiddenSize: 512 },
    ...scratch,
    training: descent({ ...edition06, sampling: 'random' }, 100, 0.01, 500),
    published: { training: 1.42 },
  },
  'd2l-0.17': {
    source: `${book} 0.17, scratch RNN`,
    corpus: firstCharacters,
    model: { cell: 'rnn', hiddenSize: 512 },
    ...scratch,
    training: descent(edition017, 1, 1, 500),
    published: { training: 1.2 },
  },
  'd2l-0.17-random': {
    source: `${book} 0.17, scratch RNN, random sampling`,
    corpus: firstCharacters,
    model: { cell: 'rnn', hiddenSize: 512 },
    ...scratch,
    training: descent({ ...edition017, sampling: 'random' }, 1, 1, 500),
    published: { training: 1.6 },
  },
  'd2l-0.17-concise': {
    source: `${book} 0.17, built-in RNN`,
    corpus: firstCharacters,
    model: { cell: 'rnn', hiddenSize: 256 },
    initializer: builtIn,
    training: descent(edition017, 1, 1, 500),
    published: { training: 1.4 },
  },
  'd2l-0.17-lstm': {
    source: `${book} 0.17, LSTM`,
    corpus: firstCharacters,
    model: { cell: 'lstm', hiddenSize: 256 },
    initializer: builtIn,
    training: descent(edition017, 1, 1, 500),
    published: { training: 1.4 },
  },
  'd2l-0.17-gru': {
    source: `${book} 0.17, GRU`,
    corpus: firstCharacters,
    model: { cell: 'gru', hiddenSize: 256 },
    initializer: builtIn,
    training: descent(edition017, 1, 1, 500),
    published: { training: 1.3 },
  },
  'd2l-0.17-deep-lstm': {
    source: `${book} 0.17, two-layer LSTM`,
    corpus: firstCharacters,
    model: { cell: 'lstm', hiddenSize: 256, layers: 2 },
    initializer: builtIn,
    training: descent(edition017, 2, 1, 500),
    published: { training: 1.1 },
  },
  'd2l-1.0': {
    source: `${book} 1.0, scratch RNN`,
    corpus: windows,
    model: { cell: 'rnn', hiddenSize: 32 },
    ...scratch,
    training: descent(edition10, 1, 1, 100),
    published: { training: 6.2, validation: 7.3 },
  },
  'd2l-1.0-concise': {
    source: `${book} 1.0, built-in RNN`,
    corpus: windows,
    model: { cell: 'rnn', hiddenSize: 32 },
    initializer: builtIn,
    training: descent(edition10, 1, 1, 100),
    published: { training: 5.9, validation: 7.2 },
  },
  'd2l-1.0-lstm': {
    source: `${book} 1.0, scratch LSTM`,
    corpus: windows,
    model: { cell: 'lstm', hiddenSize: 32 },
    ...scratch,
    training: descent(edition10, 4, 1, 50),
    published: { training: 6.9, validation: 7.45 },
  },
  'd2l-1.0-gru': {
    source: `${book} 1.0, scratch GRU`,
    corpus: windows,
    // The chapter resets the state before the product.
    model: { cell: 'gru', hiddenSize: 32, resetAfter: false },
    ...scratch,
    training: descent(edition10, 4, 1, 50),
    published: { training: 5.7, validation: 6.75 },
  },
  'd2l-1.0-deep-rnn': {
    source: `${book} 1.0, two-layer scratch RNN`,
    corpus: windows,
    model: { cell: 'rnn', hiddenSize: 32, layers: 2 },
    ...scratch,
    training: descent(edition10, 2, 1, 100),
    published: { training: 5.24, validation: 6.9 },
  },
  'd2l-1.0-deep-gru': {
    source: `${book} 1.0, two-layer built-in GRU`,
    corpus: windows,
    model: { cell: 'gru', hiddenSize: 32, layers: 2 },
    initializer: builtIn,
    training: descent(edition10, 2, 1, 100),
    published: { training: 4.1, validation: 6.4 },
  },
} as const satisfies Record<string, Preset>;
