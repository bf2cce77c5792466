import type { Preset } from './preset.js';

export const otherPresets = {
  'char-rnn': {
    source: 'Karpathy 2015, char-rnn, its defaults',
    corpus: 'any text, characters; tiny shakespeare: 1,115,394 characters, 65 symbols',
    model: { cell: 'lstm', hiddenSize: 128, layers: 2 },
    initializer: { kind: 'uniform', limit: 0.08 },
    forgetBias: 1,
    training: {
      batchSize: 50,
      steps: 50,
      sampling: 'sequential',
      optimizer: { name: 'rmsprop', alpha: 0.95 },
      learningRate: 0.002,
      decay: { after: 10, factor: 0.97 },
      clipValue: 5,
      epochs: 50,
    },
    departures: 'Biases start at 0 (char-rnn draws them too).',
  },
  'awd-lstm': {
    source: 'Merity, Keskar and Socher 2018, Regularizing and Optimizing LSTM Language Models',
    corpus: 'Penn Treebank, words, vocabulary 10,000',
    model: {
      cell: 'lstm',
      hiddenSize: [1150, 1150, 400],
      embedding: 400,
      tied: true,
      dropout: {
        embedding: 0.1,
        input: 0.4,
        between: 0.25,
        output: 0.4,
        recurrentWeights: 0.5,
        locked: true,
      },
      activationPenalty: { size: 2, change: 1 },
    },
    initializer: { kind: 'uniform-by-hidden-size' },
    training: {
      batchSize: 20,
      steps: 70,
      randomLengths: true,
      sampling: 'sequential',
      optimizer: { name: 'non-monotonic-averaged-sgd', patience: 5 },
      learningRate: 30,
      weightDecay: 1.2e-6,
      clipNorm: 0.25,
      epochs: 500,
    },
    published: { validation: 60, test: 57.3 },
  },
} as const satisfies Record<string, Preset>;
