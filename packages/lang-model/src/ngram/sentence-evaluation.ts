import { requireTokens, tokenSequence } from '../checks.js';
import { EmptySequenceError } from '../errors.js';
import { type Evaluation, evaluationOf } from '../evaluation/perplexity.js';
import type { NgramModel } from './ngram-model.js';

/** What a model says of one sentence. */
export interface SentenceScore {
  /** Natural logarithm of the whole sentence's probability, `</s>` and unknown tokens included. */
  readonly logProbability: number;
  /** How many tokens that was: the sentence's and `</s>`. */
  readonly tokens: number;
  /** How many of them are `<unk>`. */
  readonly unknownTokens: number;
}

/** All tokens are scored, unknown ones with the probability of `<unk>`. */
export interface SentenceEvaluation extends Evaluation {
  /** How many tokens are `<unk>` (OOVs). */
  readonly unknownTokens: number;
  /** The figures without the predictions of `<unk>`; as context it stays. NaN when nothing else was predicted. */
  readonly withoutUnknown: Evaluation;
  /** One entry per sentence, in order. */
  readonly sentences: readonly SentenceScore[];
}

/**
 * Scores sentences one by one, each from the model's initial state and, where the model has sentence marks, with `</s>` at its
 * end: what KenLM's `query` reports as perplexity including and excluding OOVs.
 *
 * Perplexities compare only between models that have the same `<unk>`: the more words are unknown, the better they look
 * without them.
 *
 * @param sentences ids without marks; a model without sentence marks scores each text as it stands
 * @throws EmptySequenceError when there is no token to score
 * @throws TokenOutOfRangeError when an id is not in the vocabulary; ArgumentError when a sentence is no list
 */
export function evaluateSentences(model: NgramModel, sentences: Iterable<Int32Array>): SentenceEvaluation {
  const scored: SentenceScore[] = [];
  const all: number[] = [];
  const known: number[] = [];
  for (const ids of sentences) {
    // Before the copy, which would make whole numbers of anything.
    requireTokens(tokenSequence(`sentences[${scored.length}]`, ids), model.vocabularySize);
    const text = model.sentences === undefined ? ids : withEnd(ids, model.sentences.end);
    const scores = model.score(text);
    let logProbability = 0;
    let unknownTokens = 0;
    for (let i = 0; i < text.length; i++) {
      logProbability += scores[i];
      all.push(scores[i]);
      if (text[i] === model.unknown) unknownTokens++;
      else known.push(scores[i]);
    }
    scored.push({ logProbability, tokens: text.length, unknownTokens });
  }
  if (all.length === 0) throw new EmptySequenceError('sentences', 'at least one token to score', 0);
  return {
    ...evaluationOf(all),
    unknownTokens: all.length - known.length,
    withoutUnknown: evaluationOf(known),
    sentences: scored,
  };
}

function withEnd(ids: Int32Array, end: number): Int32Array {
  const marked = new Int32Array(ids.length + 1);
  marked.set(ids);
  marked[ids.length] = end;
  return marked;
}
