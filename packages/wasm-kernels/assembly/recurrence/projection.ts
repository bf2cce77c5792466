// An LSTM's projection (Sak et al. 2014): h = W_hr m, where m = o tanh(c') is what the cell makes. Rows of h lie at the distance of
// rows of m, of which they use the first P numbers.

import { TILE_COLUMNS } from '../simd';
import { isActive, rowOffset, SequenceCommand, stepBytes, storeState } from './sequence';
import { stepProduct } from './step-product';

/** Step t of `rows` rows, once the cell has stored m as the states: keeps m, and stores h. */
export function project(command: SequenceCommand, t: i32, first: i32, rows: i32): void {
  const step = stepBytes(command);
  const next = step * (t + 1);
  const begin = rowOffset(command, first);
  const kept = command.unprojected + step * t + begin;
  memory.copy(kept, command.states + next + begin, rowOffset(command, rows));
  const columns = command.paddedStateSize;
  stepProduct(
    command,
    rows,
    kept,
    command.stateStride,
    command.hiddenSize,
    command.projection,
    command.product + begin,
    columns,
    false,
    0,
    columns / TILE_COLUMNS,
  );
  for (let row = first; row < first + rows; row++) {
    if (!isActive(command, row, t)) continue;
    const offset = rowOffset(command, row);
    for (let i = offset; i < offset + (<usize>columns << 2); i += 16) {
      storeState(command, next + i, i, v128.load(command.product + i));
    }
  }
}

/** Before the cell's backward step: keeps the gradient of h, and makes that of m in `product`. Nothing else reaches the h before. */
export function projectGradient(command: SequenceCommand, t: i32, first: i32, rows: i32): void {
  const step = stepBytes(command) * t;
  const begin = rowOffset(command, first);
  const bytes = <usize>command.paddedStateSize << 2;
  const gradients = command.projectedGradients + step;
  for (let row = first; row < first + rows; row++) {
    const offset = rowOffset(command, row);
    if (!isActive(command, row, t)) {
      memory.fill(gradients + offset, 0, bytes);
      continue;
    }
    for (let i = offset; i < offset + bytes; i += 16) {
      let dh = v128.load(command.stateGradient + i);
      // With zoneout it is in there already.
      if (!command.zoneout) dh = f32x4.add(dh, v128.load(command.outputGradients + step + i));
      v128.store(gradients + i, dh);
    }
    memory.fill(command.stateGradient + offset, 0, <usize>command.paddedHiddenSize << 2);
  }
  stepProduct(
    command,
    rows,
    gradients + begin,
    command.stateStride,
    command.stateSize,
    command.projection,
    command.product + begin,
    command.paddedHiddenSize,
    false,
    0,
    command.paddedHiddenSize / TILE_COLUMNS,
  );
}
