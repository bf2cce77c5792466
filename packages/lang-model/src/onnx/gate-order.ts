import type { CellName } from '@throughtime/rnn-cells';

/** By ONNX gate, which of PyTorch's gates it is: LSTM i o f c of i f g o; GRU z r h of r z n. */
const gateOrders: Readonly<Partial<Record<CellName, readonly number[]>>> = {
  rnn: [0],
  gru: [1, 0, 2],
  lstm: [0, 3, 1, 2],
};

/** The gates' blocks of H rows of a weight [G H, columns] or bias [G H], from PyTorch's order to ONNX's. */
export function reorderGates(cell: CellName, values: Float32Array, hiddenSize: number): Float32Array {
  const order = gateOrders[cell]!;
  const block = values.length / order.length;
  // Blocks are whole rows: H of them each.
  if (block % hiddenSize !== 0)
    throw new RangeError(`reorderGates: ${values.length} values for H ${hiddenSize}`);
  const reordered = new Float32Array(values.length);
  order.forEach((from, to) => {
    reordered.set(values.subarray(from * block, (from + 1) * block), to * block);
  });
  return reordered;
}
