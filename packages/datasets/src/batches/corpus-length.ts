import { ThroughtimeError, whole } from '@throughtime/errors';

/** A corpus without a single token. */
export class EmptyCorpusError extends ThroughtimeError {
  override name = 'EmptyCorpusError';

  constructor(argument: string) {
    super(`${argument}: expected tokens, got none: the corpus is empty`);
  }
}

/** A corpus with too few tokens for one batch. */
export class CorpusTooShortError extends ThroughtimeError {
  override name = 'CorpusTooShortError';

  constructor(tokens: number, needed: number, shape: string) {
    super(`ids: one batch of ${shape} needs at least ${needed} tokens, the corpus has ${tokens}`);
  }
}

/** The shape of a batch of token rows. */
export interface BatchShape {
  /** N: rows of a batch. */
  readonly batchSize: number;
  /** T: steps of a row. */
  readonly steps: number;
}

/**
 * Checks that a batch can be cut from `ids`.
 * @param needed how many tokens it takes. Default: those of N rows of T steps, and the target after the last one
 * @throws EmptyCorpusError, CorpusTooShortError, ArgumentError
 */
export function requireOneBatch(
  ids: Int32Array,
  { batchSize, steps }: BatchShape,
  needed: number = batchSize * steps + 1,
): void {
  whole({ from: 1 })('batchSize', batchSize);
  whole({ from: 1 })('steps', steps);
  if (ids.length === 0) throw new EmptyCorpusError('ids');
  if (ids.length < needed) {
    throw new CorpusTooShortError(ids.length, needed, `${batchSize} rows of ${steps} steps`);
  }
}
