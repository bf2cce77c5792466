/** What a trainer needs to know of a batch: its shape, and which rows start a new sequence. */
export interface TrainingBatch {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  /**
   * [N], non-zero where the row starts a new sequence: its carried state is replaced by the initial one. Default: no row
   * does, where the source continues.
   */
  readonly starts?: ArrayLike<number>;
}

/** N rows of T consecutive tokens and, for each, the token that follows it. */
export interface TokenBatch extends TrainingBatch {
  /** [N, T], row-major. */
  readonly inputs: Int32Array;
  /** [N, T]: the inputs shifted by one. */
  readonly targets: Int32Array;
  /** [N]: how many steps of each row count, when rows are padded. Default: all. */
  readonly lengths?: Int32Array;
}

/** N sequences of tokens, and what each of them is. */
export interface LabeledBatch extends TrainingBatch {
  /** [N, T], row-major. */
  readonly inputs: Int32Array;
  /** Classes: [N], one per row, or [N, T], one per step. */
  readonly targets: Int32Array;
  /** [N]: how many steps of each row count. */
  readonly lengths: Int32Array;
}

/** N pairs of a source, which is read whole, and a target, which is predicted token by token. T is of the targets. */
export interface PairBatch extends TokenBatch {
  /** [N]: how many steps of each target count. */
  readonly lengths: Int32Array;
  /** [N, S], row-major. */
  readonly sources: Int32Array;
  /** S */
  readonly sourceSteps: number;
  /** [N]: how many steps of each source count. */
  readonly sourceLengths: Int32Array;
}

/** Where an epoch stands: fit for JSON. */
export interface BatchCursor {
  /** State of the source's random stream at the start of the epoch; empty for a source that draws nothing. */
  readonly random: readonly number[];
  /** How many batches of the epoch were taken. */
  readonly index: number;
}

/** The batches of one epoch. */
export interface BatchIterator<B> extends IterableIterator<B> {
  /** The place after the last batch taken: {@link BatchSource.from} continues there. */
  cursor(): BatchCursor;
}

/**
 * Batches, epoch by epoch: each iteration is an epoch of its own.
 *
 * Iterating leaves the source's random stream where the epoch's draws end, at once: offset and order are drawn when the iterator is
 * made. So a cursor and the stream's state together continue a run exactly.
 */
export interface BatchSource<B> extends Iterable<B> {
  /** Batches in one epoch, where it does not depend on the offset drawn; an upper bound otherwise. */
  readonly length: number;
  /** Whether the state after one batch is the start of the next (sequential partitioning) or not (random sampling). */
  readonly continues: boolean;
  /**
   * Continues an interrupted epoch exactly. Leaves the source's own random stream alone.
   * @throws ArgumentError when the cursor is not one of this source
   */
  from(cursor: BatchCursor): BatchIterator<B>;
  /** A new epoch. */
  [Symbol.iterator](): BatchIterator<B>;
}
