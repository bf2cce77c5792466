import type { Preset } from './preset.js';

const source =
  'Zaremba, Sutskever and Vinyals 2014, as the PTB code has it; TensorFlow for Deep Learning, chapter 7';
const corpus = 'Penn Treebank, words, <eos> for line ends, vocabulary 10,000; the test with batch 1, step 1';

/** One of the three published sizes; everything that they share is here. */
function size(options: {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly steps: number;
  readonly limit: number;
  readonly clipNorm: number;
  readonly epochs: number;
  /** Probability of keeping a value. */
  readonly keep: number;
  readonly decay: { readonly after: number; readonly factor: number };
}) {
  const { hiddenSize, layers, steps, limit, clipNorm, epochs, keep, decay } = options;
  const drop = 1 - keep;
  return {
    source,
    corpus,
    model: {
      cell: 'lstm',
      hiddenSize,
      layers,
      embedding: hiddenSize,
      ...(drop > 0 && { dropout: { input: drop, between: drop, output: drop } }),
    },
    initializer: { kind: 'uniform', limit },
    forgetBias: 0,
    biases: 1,
    training: {
      batchSize: 20,
      steps,
      sampling: 'penn-treebank',
      optimizer: { name: 'sgd' },
      learningRate: 1,
      decay,
      clipNorm,
      reduction: 'sum-over-time',
      epochs,
    },
  } as const satisfies Preset;
}

export const pennTreebankPresets = {
  /** A smoke test, no model. */
  'ptb-test': size({
    hiddenSize: 2,
    layers: 1,
    steps: 2,
    limit: 0.1,
    clipNorm: 1,
    epochs: 1,
    keep: 1,
    decay: { after: 1, factor: 0.5 },
  }),
  'ptb-small': {
    ...size({
      hiddenSize: 200,
      layers: 2,
      steps: 20,
      limit: 0.1,
      clipNorm: 5,
      epochs: 13,
      keep: 1,
      decay: { after: 4, factor: 0.5 },
    }),
    published: { training: 37.99, validation: 121.39, test: 115.91 },
  },
  'ptb-medium': {
    ...size({
      hiddenSize: 650,
      layers: 2,
      steps: 35,
      limit: 0.05,
      clipNorm: 5,
      epochs: 39,
      keep: 0.5,
      decay: { after: 6, factor: 0.8 },
    }),
    published: { training: 48.45, validation: 86.16, test: 82.07 },
  },
  'ptb-large': {
    ...size({
      hiddenSize: 1500,
      layers: 2,
      steps: 35,
      limit: 0.04,
      clipNorm: 10,
      epochs: 55,
      keep: 0.35,
      decay: { after: 14, factor: 1 / 1.15 },
    }),
    published: { training: 37.87, validation: 82.62, test: 78.29 },
  },
} as const satisfies Record<string, Preset>;
