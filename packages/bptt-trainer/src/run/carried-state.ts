import type { TrainableModel, TrainingBatch } from '@throughtime/contract';
import { ArgumentError, inWords } from '@throughtime/errors';
import { copyPlainData, type PlainData, sameShape, walkArrays } from './plain-data.js';

/**
 * A recurrent state that the next window or batch starts from. It is detached: plain arrays, so no gradient flows from there into
 * the computation that the state came from.
 */
export interface CarriedState<S> {
  readonly state: S;
  /** N */
  readonly batchSize: number;
}

/**
 * The recurrent state that a batch starts from: the carried one, and the initial one where none is carried and for the rows that
 * start a new sequence.
 * @throws ArgumentError when the number of rows differs from the carried state's
 */
export function startingState<S>(
  model: Pick<TrainableModel<never, S>, 'initialState'>,
  { batchSize, starts }: TrainingBatch,
  carried: CarriedState<S> | null,
): S {
  if (!carried) return model.initialState(batchSize);
  if (carried.batchSize !== batchSize) {
    throw new ArgumentError('batch.batchSize', `${carried.batchSize}, as the batch before it`, batchSize);
  }
  if (!starts?.length) return carried.state;
  return withRowsOf(model.initialState(batchSize), carried.state, starts, batchSize);
}

/** `state`, with the rows that start over taken from `initial`. Arrays in both are [N, ...]. */
function withRowsOf<S>(initial: S, state: S, starts: ArrayLike<number>, batchSize: number): S {
  const mixed = copyPlainData(state as PlainData) as S;
  const fresh = walkArrays(initial as PlainData);
  const kept = walkArrays(mixed as PlainData);
  if (!sameShape(fresh, kept)) {
    throw new ArgumentError(
      'batch.starts',
      'a state of the same form as initialState gives',
      inWords('another form'),
    );
  }
  kept.forEach((array, i) => {
    const width = array.length / batchSize;
    for (let row = 0; row < batchSize; row++) {
      if (!starts[row]) continue;
      for (let at = row * width; at < (row + 1) * width; at++) array[at] = fresh[i][at];
    }
  });
  return mixed;
}
