// The language models whose exported runs are held against PyTorch.
const awd = {
  ...{
    cell: 'lstm',
    hiddenSize: [32, 16],
    layers: 2,
    embedding: 16,
    tied: true,
    optimizer: 'nt-asgd',
    lr: 5,
  },
  ...{ truncation: 'random-lengths', weightDecay: 1.2e-6, activationPenalty: { size: 2, change: 1 } },
};

/**
 * Settings of a run, what a model has beyond them, and how it is held against PyTorch.
 * @typedef {object} Case
 * @property {object} [settings]
 * @property {object} [model]
 * @property {number} [processes]
 * @property {boolean} [quick]
 * @property {number} [characters] how much of the book is read; default 4,000
 */

/** @type {Readonly<Record<string, Case>>} */
export const cases = {
  rnn: { settings: { cell: 'rnn', optimizer: 'sgd', lr: 0.5 } },
  'rnn, relu, summed over time': {
    settings: { cell: 'rnn', optimizer: 'sgd', lr: 0.02, reduction: 'sum-over-time' },
    model: { cell: 'rnn', nonlinearity: 'relu' },
  },
  gru: { settings: { cell: 'gru' }, quick: true },
  'gru, two processes': { settings: { cell: 'gru' }, processes: 2 },
  'gru, reset before': { settings: { cell: 'gru', resetAfter: false, biases: 1 } },
  lstm: { settings: { cell: 'lstm', schedule: 'cosine' } },
  'lstm, two layers': { settings: { cell: 'lstm', layers: 2, optimizer: 'adamw', sampling: 'random' } },
  'lstm, two layers, two processes': {
    settings: { cell: 'lstm', layers: 2, optimizer: 'rmsprop', schedule: 'on-plateau' },
    processes: 2,
    quick: true,
  },
  'gru, nadam, cycles': { settings: { cell: 'gru', optimizer: 'nadam', schedule: 'cyclical' } },
  'gru, radam': { settings: { cell: 'gru', optimizer: 'radam' } },
  'gru, adamax': { settings: { cell: 'gru', optimizer: 'adamax' } },
  'gru, lamb': { settings: { cell: 'gru', optimizer: 'lamb', weightDecay: 0.01 } },
  'gru, adagrad': { settings: { cell: 'gru', optimizer: 'adagrad' } },
  'gru, adadelta': { settings: { cell: 'gru', optimizer: 'adadelta' } },
  'lstm, tied, momentum': {
    settings: {
      cell: 'lstm',
      embedding: 24,
      tied: true,
      optimizer: 'momentum',
      weightDecay: 1e-4,
      clipValue: 0.1,
    },
  },
  'awd-lstm without masks': { settings: awd, quick: true },
  'awd-lstm without masks, two processes': { settings: awd, processes: 2 },
  // The preset's own sizes: 24 million weights. At its rate of 30, without masks, updates overshoot and lengthen rounding errors to 0.4 in 50
  // updates; at 1 they stay at 1e-7.
  'awd-lstm without masks, whole': {
    settings: {
      ...{
        ...awd,
        hiddenSize: [1150, 1150, 400],
        layers: 3,
        embedding: 400,
        tokens: 'word',
        lr: 1,
        clip: 0.25,
      },
      ...{ batch: 20, steps: 70, epochs: 4, validation: 0.05 },
    },
    characters: Number.POSITIVE_INFINITY,
  },
  'randomized truncation': { settings: { cell: 'gru', truncation: 'randomized', optimizer: 'adam' } },
  'windows, smaller last batch, two processes': {
    settings: { cell: 'gru', sampling: 'windows', batch: 60 },
    processes: 2,
  },
  'decay after an epoch': {
    settings: { cell: 'lstm', optimizer: 'sgd', lr: 1, decay: { after: 1, factor: 0.5 } },
  },
  'penn treebank': { settings: { cell: 'lstm', sampling: 'penn-treebank', layers: 2, lr: 0.01 } },
  'windows, three to an update': {
    settings: { cell: 'gru', sampling: 'windows', batch: 60, accumulate: 3, truncation: 'regular', steps: 8 },
  },
  'early stopping': { settings: { cell: 'gru', lr: 0.3, epochs: 8, earlyStopping: 0 } },
  'layer norm, peephole, projection': {
    // Adam's steps do not depend on a gradient's size, so that rounding errors of weights that hardly matter grow: 1e-7 after three updates,
    // 1e-2 after fifty.
    settings: { cell: 'lstm', optimizer: 'sgd', lr: 0.5 },
    model: { layerNorm: true, peephole: true, projectionSize: 10, layers: 2 },
  },
  'gru, layer norm, residual': {
    settings: { cell: 'gru' },
    model: { layerNorm: true, residual: true, layers: 3 },
  },
  'zoneout, evaluated': { settings: { cell: 'lstm' }, model: { zoneout: { hidden: 0, cell: 0 } } },
  mingru: { settings: { cell: 'mingru', layers: 2 } },
  minlstm: { settings: { cell: 'minlstm' } },
};
