import { oneOf } from '@throughtime/errors';
import { Blocks, Cell as CellNumber, Gates } from '../generated/commands.js';

/**
 * Which recurrence a layer computes. x and h are its input and state, W and U its weights (PyTorch's weight_ih, weight_hh),
 * b and d its biases (bias_ih, bias_hh):
 *
 * - `rnn-tanh`, `rnn-relu`: h' = f(W x + b + U h + d)
 * - `lstm`: i, f, g, o in this order; c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c')
 * - `gru`: r, z, n in this order; n = tanh(W x + b + r (U h + d)), h' = (1 - z) n + z h (PyTorch, cuDNN)
 * - `gru-reset-before`: the same with n = tanh(W x + b + U (r h) + d) (Cho et al. 2014)
 * - `mingru`: z, n of W x + b alone; h' = (1 - sigmoid(z)) h + sigmoid(z) g(n) (Feng et al. 2024)
 * - `minlstm`: f, i, n of W x + b alone; h' = (sigmoid(f) h + sigmoid(i) g(n)) / (sigmoid(f) + sigmoid(i))
 *
 * g(x) is x + 1/2 where x is positive, sigmoid(x) elsewhere.
 */
export type Cell = 'rnn-tanh' | 'rnn-relu' | 'lstm' | 'gru' | 'gru-reset-before' | 'mingru' | 'minlstm';

/** How a cell's gates lie in the engine. */
export interface CellLayout {
  /** The kernels' number for the cell. */
  readonly number: number;
  /** Gates in the weights: G. */
  readonly gates: number;
  /** Blocks of units in a row of gates. */
  readonly blocks: number;
  /** Block g of the input's contribution belongs to gate (g + inputRotation) mod G. */
  readonly inputRotation: number;
  /** The first of the G blocks that the recurrent weights produce; undefined: the gates see the input only. */
  readonly stateBlock: number | undefined;
}

const CELLS: Readonly<Record<Cell, CellLayout>> = {
  'rnn-tanh': {
    number: CellNumber.TANH,
    gates: Gates.RNN,
    blocks: Blocks.RNN,
    inputRotation: 0,
    stateBlock: 0,
  },
  'rnn-relu': {
    number: CellNumber.RELU,
    gates: Gates.RNN,
    blocks: Blocks.RNN,
    inputRotation: 0,
    stateBlock: 0,
  },
  lstm: { number: CellNumber.LSTM, gates: Gates.LSTM, blocks: Blocks.LSTM, inputRotation: 0, stateBlock: 0 },
  gru: { number: CellNumber.GRU, gates: Gates.GRU, blocks: Blocks.GRU, inputRotation: 2, stateBlock: 1 },
  'gru-reset-before': {
    number: CellNumber.GRU_RESET_BEFORE,
    gates: Gates.GRU,
    blocks: Blocks.GRU,
    inputRotation: 2,
    stateBlock: 1,
  },
  mingru: {
    number: CellNumber.MIN_GRU,
    gates: Gates.MIN_GRU,
    blocks: Blocks.MIN_GRU,
    inputRotation: 0,
    stateBlock: undefined,
  },
  minlstm: {
    number: CellNumber.MIN_LSTM,
    gates: Gates.MIN_LSTM,
    blocks: Blocks.MIN_LSTM,
    inputRotation: 0,
    stateBlock: undefined,
  },
};

/** The check of an option `cell`. */
export const cellName = oneOf(Object.keys(CELLS) as Cell[]);

export function cellLayout(cell: Cell): CellLayout {
  return CELLS[cell];
}

/** Whether a cell's gates see the state: it has weights and a bias for that. */
export function isRecurrent(cell: Cell): boolean {
  return CELLS[cell].stateBlock !== undefined;
}
