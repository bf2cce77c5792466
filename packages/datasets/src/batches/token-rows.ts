import type { TokenBatch } from '@throughtime/contract';
import {
  ArgumentError,
  type Check,
  instance,
  inWords,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';

/** A corpus without a single token. */
export class EmptyCorpusError extends ArgumentError {
  override name = 'EmptyCorpusError';

  constructor(argument: string) {
    super(argument, 'tokens', inWords('none: the corpus is empty'));
  }
}

/** A corpus with too few tokens for one batch. */
export class CorpusTooShortError extends ArgumentError {
  override name = 'CorpusTooShortError';

  constructor(tokens: number, needed: number, shape: string) {
    super('ids', `at least ${needed} tokens, for one batch of ${shape}`, tokens);
  }
}

/** The shape of a batch of token rows. */
export interface BatchShape {
  /** N: rows per batch. */
  readonly batchSize: number;
  /** T: steps per row. */
  readonly steps: number;
}

export const batchShapeChecks: OptionChecks<BatchShape> = {
  batchSize: required(whole({ from: 1 })),
  steps: required(whole({ from: 1 })),
};

/** A long text: only an Int32Array gives parts of it without a copy. */
export const corpusIds: Check<Int32Array> = /* @__PURE__ */ instance(Int32Array, 'an Int32Array');

/**
 * Checks that a batch can be cut from `ids`.
 * @param needed how many tokens each batch takes. Default: N rows of T steps, and the target after the last one
 * @throws ArgumentError when they are no Int32Array; EmptyCorpusError, CorpusTooShortError
 */
export function requireOneBatch(
  ids: Int32Array,
  { batchSize, steps }: BatchShape,
  needed: number = batchSize * steps + 1,
): void {
  corpusIds('ids', ids);
  if (ids.length === 0) throw new EmptyCorpusError('ids');
  if (ids.length < needed) {
    throw new CorpusTooShortError(ids.length, needed, `${batchSize} rows of ${steps} steps`);
  }
}

/**
 * Cuts rows of `steps` tokens, and the same rows one token later, out of `ids`.
 * @param starts where each row begins in `ids`
 */
export function cutRows(ids: Int32Array, starts: ArrayLike<number>, steps: number): TokenBatch {
  const batchSize = starts.length;
  const inputs = new Int32Array(batchSize * steps);
  const targets = new Int32Array(batchSize * steps);
  for (let row = 0; row < batchSize; row++) {
    const start = starts[row];
    inputs.set(ids.subarray(start, start + steps), row * steps);
    targets.set(ids.subarray(start + 1, start + steps + 1), row * steps);
  }
  return { inputs, targets, batchSize, steps };
}
