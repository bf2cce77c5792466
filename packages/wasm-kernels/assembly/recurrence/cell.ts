// Which recurrence a layer computes. x is the input's contribution to a gate, biases included; h is the state.

/** Cells by number. The host takes the numbers from here. */
export namespace Cell {
  /** h' = tanh(x + W h) */
  export const TANH: i32 = 0;
  /** h' = max(x + W h, 0) */
  export const RELU: i32 = 1;
  export const LSTM: i32 = 2;
  /** The reset gate multiplies after the product, as in PyTorch and cuDNN. */
  export const GRU: i32 = 3;
  /** The reset gate multiplies h before the product (Cho et al. 2014). */
  export const GRU_RESET_BEFORE: i32 = 4;
  /** Gates see the input only: see scan.ts. */
  export const MIN_GRU: i32 = 5;
  export const MIN_LSTM: i32 = 6;
}

/** G, the gates in a cell's weights. */
export namespace Gates {
  export const RNN: i32 = 1;
  export const LSTM: i32 = 4;
  export const GRU: i32 = 3;
  export const MIN_GRU: i32 = 2;
  export const MIN_LSTM: i32 = 3;
}

/** Blocks of H units in a row of a cell's kept gates. A GRU has one more than gates, see gru.ts. */
export namespace Blocks {
  export const RNN: i32 = 1;
  export const LSTM: i32 = 4;
  export const GRU: i32 = 4;
  export const MIN_GRU: i32 = 2;
  export const MIN_LSTM: i32 = 3;
}

// @ts-ignore: decorator
@inline
export function gatesOf(cell: i32): i32 {
  return cell === Cell.LSTM ? Gates.LSTM : cell <= Cell.RELU ? Gates.RNN : Gates.GRU;
}

// @ts-ignore: decorator
@inline
export function blocksOf(cell: i32): i32 {
  return cell === Cell.LSTM ? Blocks.LSTM : cell <= Cell.RELU ? Blocks.RNN : Blocks.GRU;
}

/** G of a cell whose gates see the input only. */
// @ts-ignore: decorator
@inline
export function scanGatesOf(cell: i32): i32 {
  return cell === Cell.MIN_GRU ? Gates.MIN_GRU : Gates.MIN_LSTM;
}
