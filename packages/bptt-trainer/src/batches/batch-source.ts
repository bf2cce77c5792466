/** What the trainer needs of a batch: its shape, and which rows begin anew. Inputs and targets are the model's affair. */
export interface TrainingBatch {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  /**
   * [N], non-zero where the row begins a new sequence: its carried state is replaced by the initial one. Default: no row
   * does, where the source continues.
   */
  readonly starts?: ArrayLike<number>;
}

/** Where an epoch stands: fit for JSON. */
export interface BatchCursor {
  /** The random state at the epoch's start; empty for a source that draws nothing. */
  readonly random: readonly number[];
  /** How many batches were taken. */
  readonly index: number;
}

export interface BatchIterator<B> extends IterableIterator<B> {
  cursor(): BatchCursor;
}

/** Batches, epoch by epoch; what `@throughtime/datasets` makes. */
export interface BatchSource<B> extends Iterable<B> {
  /** Batches in one epoch, or an upper bound. */
  readonly length: number;
  /** Whether the state of one batch is the start of the next. */
  readonly continues: boolean;
  /** Continues an interrupted epoch exactly. */
  from(cursor: BatchCursor): BatchIterator<B>;
  [Symbol.iterator](): BatchIterator<B>;
}

/** A source, or a list of batches that do not continue one another, taken in order every epoch. */
export type Batches<B> = BatchSource<B> | readonly B[];

export function asSource<B>(batches: Batches<B>): BatchSource<B> {
  return 'from' in batches ? batches : listSource(batches);
}

function listSource<B>(batches: readonly B[]): BatchSource<B> {
  const from = ({ index }: BatchCursor): BatchIterator<B> => {
    let at = index;
    return {
      next: () =>
        at < batches.length ? { done: false, value: batches[at++] } : { done: true, value: undefined },
      cursor: () => ({ random: [], index: at }),
      [Symbol.iterator]() {
        return this;
      },
    };
  };
  return {
    length: batches.length,
    continues: false,
    from,
    [Symbol.iterator]: () => from({ random: [], index: 0 }),
  };
}
