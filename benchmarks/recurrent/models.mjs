// The models that training and generation are compared on, and how much arithmetic they are.
import { preset } from '@throughtime/lang-model';

/**
 * @typedef {object} TrainingCase
 * @property {string} name
 * @property {'rnn' | 'gru' | 'lstm' | 'mingru'} cell
 * @property {number} vocabulary V
 * @property {number | readonly number[]} hidden H, or that of each layer
 * @property {number} layers
 * @property {number} [embedding] E; one-hot inputs without
 * @property {number} batch N
 * @property {number} steps T
 * @property {'sgd' | 'adam'} optimizer
 * @property {boolean} [tied]
 * @property {object} [dropout] as RecurrentLanguageModel has it
 * @property {object} [activationPenalty]
 * @property {boolean} [long] whether an update takes seconds, so that few are timed
 */

const awd = preset('awd-lstm');

/**
 * The chapter's models and its exercises, char-rnn, the PTB code's small model, and one large enough to need every core. AWD-LSTM with all
 * that regularizes it, and a cell whose steps need no product.
 */
/** @type {readonly TrainingCase[]} */
export const trainingCases = [
  rnn('RNN V28 H512 B32 T35, SGD', 512, 32, 35),
  rnn('RNN V28 H256 B32 T35, SGD', 256, 32, 35),
  rnn('RNN V28 H32 B1024 T32, SGD', 32, 1024, 32),
  { ...rnn('LSTM V28 H256 B32 T35, SGD', 256, 32, 35), cell: 'lstm' },
  { ...rnn('GRU V28 H256 B32 T35, SGD', 256, 32, 35), cell: 'gru' },
  {
    name: 'LSTM 2 x 128 V65 B50 T50, Adam (char-rnn)',
    ...{ cell: 'lstm', vocabulary: 65, hidden: 128, layers: 2, batch: 50, steps: 50, optimizer: 'adam' },
  },
  {
    name: 'LSTM 2 x 200 V10000 E200 B20 T20, SGD (PTB small)',
    ...{ cell: 'lstm', vocabulary: 10_000, hidden: 200, layers: 2, embedding: 200 },
    ...{ batch: 20, steps: 20, optimizer: 'sgd' },
  },
  {
    name: 'LSTM V65 H512 B64 T50, Adam',
    ...{ cell: 'lstm', vocabulary: 65, hidden: 512, layers: 1, batch: 64, steps: 50, optimizer: 'adam' },
  },
  {
    name: 'AWD-LSTM V10000 E400 H1150,1150,400 B20 T70, SGD',
    ...{
      cell: 'lstm',
      vocabulary: 10_000,
      hidden: awd.model.hiddenSize,
      layers: 3,
      embedding: awd.model.embedding,
    },
    ...{ tied: true, dropout: awd.model.dropout, activationPenalty: awd.model.activationPenalty },
    ...{ batch: awd.training.batchSize, steps: awd.training.steps, optimizer: 'sgd', long: true },
  },
  {
    name: 'minGRU 2 x 256 V28 B32 T256, SGD',
    ...{ cell: 'mingru', vocabulary: 28, hidden: 256, layers: 2, batch: 32, steps: 256, optimizer: 'sgd' },
  },
];

/** The units of each layer, bottom first. @param {Pick<TrainingCase, 'hidden' | 'layers'>} model @returns {readonly number[]} */
export function hiddenSizes({ hidden, layers }) {
  return typeof hidden === 'number' ? Array(layers).fill(hidden) : hidden;
}

/** One stream, a token at a time. */
export const generationCases = [
  { name: 'LSTM 2 x 128 V65', cell: 'lstm', vocabulary: 65, hidden: 128, layers: 2 },
  { name: 'LSTM 2 x 512 V65', cell: 'lstm', vocabulary: 65, hidden: 512, layers: 2 },
  { name: 'GRU 256 V28', cell: 'gru', vocabulary: 28, hidden: 256, layers: 1 },
  { name: 'RNN 512 V28', cell: 'rnn', vocabulary: 28, hidden: 512, layers: 1 },
  // PyTorch's stay float32.
  { name: 'LSTM 2 x 512 V65, int8', cell: 'lstm', vocabulary: 65, hidden: 512, layers: 2, weights: 'int8' },
  { name: 'GRU 256 V28, int8', cell: 'gru', vocabulary: 28, hidden: 256, layers: 1, weights: 'int8' },
  // Texts side by side; tokens of all of them count.
  ...[8, 64].flatMap((batch) => [
    { name: `LSTM 2 x 128 V65, ${batch} texts`, cell: 'lstm', vocabulary: 65, hidden: 128, layers: 2, batch },
    { name: `LSTM 2 x 512 V65, ${batch} texts`, cell: 'lstm', vocabulary: 65, hidden: 512, layers: 2, batch },
  ]),
];

const gates = { rnn: 1, gru: 3, lstm: 4, mingru: 2 };

/**
 * Floating point operations of products a token, a multiplication and an addition being two: forward, and twice that backward.
 * A one-hot input is no product. Work for gates, losses and updates is not counted, as it is not for anyone.
 * @param {Pick<TrainingCase, 'cell' | 'vocabulary' | 'hidden' | 'layers' | 'embedding'>} model
 */
export function trainingOperations({ cell, vocabulary, hidden, layers, embedding = 0 }) {
  const sizes = hiddenSizes({ hidden, layers });
  const products = sizes.map((size, i) => {
    const recurrent = cell === 'mingru' ? 0 : size;
    return gates[cell] * size * (recurrent + (i > 0 ? sizes[i - 1] : embedding));
  });
  const output = vocabulary * sizes[sizes.length - 1];
  return 3 * 2 * (products.reduce((sum, product) => sum + product, 0) + output);
}

function rnn(name, hidden, batch, steps) {
  return { name, cell: 'rnn', vocabulary: 28, hidden, layers: 1, batch, steps, optimizer: 'sgd' };
}
