import { checkOptions, number, required, whole } from '@throughtime/errors';
import { requireTokens, tokenSequence } from '../checks.js';
import { EmptySequenceError } from '../errors.js';
import { evaluationOfLoss } from './perplexity.js';

/** Whose frequencies are taken, and what they predict. */
export interface UnigramFloorOptions {
  /** V: ids lie in 0 .. V - 1. */
  readonly vocabularySize: number;
  /** The text to predict. Default: the counted text itself. */
  readonly of?: ArrayLike<number>;
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
 * @throws EmptySequenceError when either text is empty; ArgumentError naming the option
 */
export function unigramPerplexity(ids: ArrayLike<number>, options: UnigramFloorOptions): number {
  checkOptions<UnigramFloorOptions>(options, {
    vocabularySize: required(whole({ from: 1 })),
    of: tokenSequence,
    pseudocount: number({ from: 0 }),
  });
  const { vocabularySize, of } = options;
  tokenSequence('ids', ids);
  const text = of ?? ids;
  const pseudocount = options.pseudocount ?? (of === undefined ? 0 : 1);
  if (ids.length === 0) throw new EmptySequenceError('ids', 'at least one to count', 0);
  if (text.length === 0) throw new EmptySequenceError('of', 'at least one id to predict', 0);
  requireTokens(ids, vocabularySize);
  requireTokens(text, vocabularySize, of ? 'of' : 'ids');
  const counts = new Float64Array(vocabularySize).fill(pseudocount);
  for (let i = 0; i < ids.length; i++) counts[ids[i]] += 1;
  const total = ids.length + pseudocount * vocabularySize;
  let loss = 0;
  for (let i = 0; i < text.length; i++) loss -= Math.log(counts[text[i]] / total);
  return evaluationOfLoss(loss / text.length, text.length).perplexity;
}
