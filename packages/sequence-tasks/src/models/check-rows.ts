import { ArgumentError, whole } from '@throughtime/errors';

/** Rows of ids of different lengths, as batches have them. */
export interface Rows {
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  /** [N, T] */
  readonly ids: ArrayLike<number>;
  /** [N] */
  readonly lengths: ArrayLike<number>;
}

/** What the caller calls them. */
export type RowNames = Readonly<Record<'steps' | 'ids' | 'lengths', string>>;

/**
 * Asks what would else be an error of tfjs, which knows no argument, or none at all.
 * @throws ArgumentError where there is no row, an empty one, or where sizes disagree
 */
export function checkRows({ batchSize, steps, ids, lengths }: Rows, names: RowNames): void {
  const atLeastOne = whole({ from: 1 });
  atLeastOne('batchSize', batchSize);
  atLeastOne(names.steps, steps);
  checkLength(names.ids, ids, batchSize * steps);
  checkLength(names.lengths, lengths, batchSize);
  for (let row = 0; row < batchSize; row++)
    whole({ from: 1, to: steps })(`${names.lengths}[${row}]`, lengths[row]);
}

function checkLength(name: string, { length }: ArrayLike<number>, expected: number): void {
  if (length !== expected) throw new ArgumentError(`${name}.length`, String(expected), length);
}
