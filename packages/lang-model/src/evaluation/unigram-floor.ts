import { EmptySequenceError } from '../errors.js';
import { requireTokens } from './token-log-probabilities.js';

export interface UnigramFloorOptions {
  /** V: ids lie in 0 .. V - 1. */
  readonly vocabularySize: number;
  /** The text to predict. Default: the counted text itself. */
  readonly of?: Int32Array;
  /**
   * Added to every count, so that a token that the counted text lacks has a probability. Default: 1 when another text is
   * predicted, 0 when a text predicts itself (which is then exactly the exponential of its entropy).
   */
  readonly pseudocount?: number;
}

/**
 * The perplexity of a model that knows only how frequent each token is. It is the floor that any model of sequences must
 * break: a network whose perplexity stays near it has learned nothing about order.
 *
 * @param ids the text whose tokens are counted
 * @throws EmptySequenceError when either text is empty
 */
export function unigramPerplexity(ids: Int32Array, options: UnigramFloorOptions): number {
  const { vocabularySize, of } = options;
  const text = of ?? ids;
  const pseudocount = options.pseudocount ?? (of === undefined ? 0 : 1);
  if (ids.length === 0 || text.length === 0)
    throw new EmptySequenceError('unigramPerplexity: expected at least one id, got none');
  requireTokens(ids, vocabularySize);
  requireTokens(text, vocabularySize);
  const counts = new Float64Array(vocabularySize).fill(pseudocount);
  for (const id of ids) counts[id] += 1;
  const total = ids.length + pseudocount * vocabularySize;
  let loss = 0;
  for (const id of text) loss -= Math.log(counts[id] / total);
  return Math.exp(loss / text.length);
}
