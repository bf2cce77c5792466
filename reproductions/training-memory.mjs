// What training an LSTM language model cannot do without, in bytes: the floor that measured memory is held against.

const float = 4;

/**
 * Weights, gradients, the optimizer's state, and what the backward pass reads of a chunk of N rows and T steps:
 *
 *     for each token       the embedded word E, the V probabilities
 *     for each layer       four gates, cell state and its tanh, hidden state: 7 H a token
 *     where dropout is on  the dropped input of each layer and of the decoder
 *
 * @param {object} sizes
 * @param {number} sizes.parameters
 * @param {number} [sizes.slots] numbers that the optimizer keeps of each parameter: 0 for plain descent, 2 for Adam
 * @param {number} sizes.batchSize N
 * @param {number} sizes.steps T
 * @param {number} sizes.embedding E
 * @param {number | readonly number[]} sizes.hiddenSize H; a list gives each layer its own
 * @param {number} sizes.layers L
 * @param {number} sizes.vocabularySize V
 * @param {boolean} sizes.dropout
 */
export function lstmTrainingBytes(sizes) {
  const {
    parameters,
    slots = 0,
    batchSize,
    steps,
    embedding,
    hiddenSize,
    layers,
    vocabularySize,
    dropout,
  } = sizes;
  const units = typeof hiddenSize === 'number' ? layers * hiddenSize : hiddenSize.reduce((a, b) => a + b, 0);
  const dropped = dropout ? embedding + units : 0;
  const perToken = embedding + 7 * units + dropped + vocabularySize;
  return {
    weights: parameters * float,
    gradients: parameters * float,
    optimizer: slots * parameters * float,
    activations: batchSize * steps * perToken * float,
  };
}
