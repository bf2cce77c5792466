import {
  ArgumentError,
  boolean,
  checkOptions,
  number,
  type OptionChecks,
  oneOf,
  whole,
} from '@throughtime/errors';
import { type BleuTokenizer, bleuTokenizers, tokensOf } from './bleu-tokens.js';

/** How texts are cut, and what stands for a precision of 0; the names and defaults are sacrebleu's. */
export interface BleuOptions {
  /**
   * How strings are cut into tokens: '13a' as WMT's mteval-v13a, 'char' by code points, 'none' at white space. Default '13a', as
   * sacrebleu.
   */
  readonly tokenize?: BleuTokenizer;
  /** Default: false. */
  readonly lowercase?: boolean;
  /**
   * What stands for a precision of 0: 'exp' halves it from one such order to the next, 'floor' counts `smoothValue` matches.
   * With 'add-k', `smoothValue` is added to both counts from the second order on. With 'none' it stays, and the score is 0. Default 'exp'.
   */
  readonly smooth?: 'exp' | 'floor' | 'add-k' | 'none';
  /** Default: 0.1 of 'floor', 1 of 'add-k'. */
  readonly smoothValue?: number;
  /** The longest n-grams. Default 4. */
  readonly order?: number;
  /** Whether orders for which the hypotheses are too short are left out. Default: false; {@link sentenceBleu} true. */
  readonly effectiveOrder?: boolean;
}

const checks: OptionChecks<BleuOptions> = {
  tokenize: oneOf(bleuTokenizers),
  lowercase: boolean,
  smooth: oneOf(['exp', 'floor', 'add-k', 'none']),
  smoothValue: number({ from: 0 }),
  order: whole({ from: 1, to: 100 }),
  effectiveOrder: boolean,
};

/** A text, or its tokens, which are then taken as they are. */
export type BleuText = string | readonly string[];

/** The score, and what it is made of. */
export interface BleuScore {
  /** From 0 to 100. */
  readonly score: number;
  /** By order, from 0 to 100, with smoothing. */
  readonly precisions: readonly number[];
  /** exp(1 - r / c) where hypotheses are shorter than references, otherwise 1. */
  readonly brevityPenalty: number;
  /** Tokens. */
  readonly hypothesisLength: number;
  /** Tokens of the references closest in length. */
  readonly referenceLength: number;
}

/**
 * BLEU of a corpus (Papineni et al. 2002), equal to sacrebleu's: the geometric mean of the n-grams' precisions times
 * exp(1 - r / c) where the hypotheses' c tokens are fewer than the references' r.
 * @param references one text for each hypothesis, or several
 * @throws ArgumentError
 *
 * @example
 * ```ts
 * import { corpusBleu } from '@throughtime/sequence-tasks';
 * const { score } = corpusBleu(['The dog bit the man.'], [['The dog bit the man.', 'The dog had bit the man.']]);
 * console.log(score.toFixed(0)); // 100
 * ```
 */
export function corpusBleu(
  hypotheses: readonly BleuText[],
  references: readonly (BleuText | readonly BleuText[])[],
  options: BleuOptions = {},
): BleuScore {
  checkOptions<BleuOptions>(options, checks);
  const { tokenize = '13a', lowercase = false, order = 4 } = options;
  if (references.length !== hypotheses.length) {
    throw new ArgumentError('references.length', `${hypotheses.length}, the hypotheses`, references.length);
  }
  const cut = (text: BleuText) => tokensOf(text, tokenize, lowercase);
  const matches = new Array<number>(order).fill(0);
  const totals = new Array<number>(order).fill(0);
  let [hypothesisLength, referenceLength] = [0, 0];
  hypotheses.forEach((hypothesis, i) => {
    const ours = cut(hypothesis);
    const theirs = textsOf(references[i]).map(cut);
    if (theirs.length === 0) throw new ArgumentError(`references[${i}]`, 'at least one text', []);
    hypothesisLength += ours.length;
    referenceLength += closestLength(ours.length, theirs);
    for (let n = 1; n <= order; n++) {
      totals[n - 1] += Math.max(0, ours.length - n + 1);
      matches[n - 1] += clippedMatches(ours, theirs, n);
    }
  });
  return scoreOf(matches, totals, hypothesisLength, referenceLength, options);
}

/**
 * BLEU of one sentence, equal to sacrebleu's `sentence_bleu`: orders for which it is too short are left out.
 * @param references one text, or several
 * @throws ArgumentError
 */
export function sentenceBleu(
  hypothesis: BleuText,
  references: BleuText | readonly BleuText[],
  options: BleuOptions = {},
): BleuScore {
  return corpusBleu([hypothesis], [references], { effectiveOrder: true, ...options });
}

/**
 * BLEU as the D2L chapter defines it, from 0 to 1: exp(min(0, 1 - r / c)) times the product of precision_n ^ (1 / 2^n), n = 1 to `order`.
 * It weighs orders by 1/2, 1/4, ... instead of equally, so it is no other BLEU's.
 * @throws ArgumentError
 */
export function chapterBleu(hypothesis: string, reference: string, order: number): number {
  whole({ from: 1 })('order', order);
  const [ours, theirs] = [hypothesis, reference].map((text) => tokensOf(text, 'none', false));
  if (ours.length === 0) return 0;
  let score = Math.exp(Math.min(0, 1 - theirs.length / ours.length));
  for (let n = 1; n <= Math.min(order, ours.length); n++) {
    score *= (clippedMatches(ours, [theirs], n) / (ours.length - n + 1)) ** (0.5 ** n);
  }
  return score;
}

/** One text, or several: a list of strings is several, for tokens stand in a list of their own. */
function textsOf(references: BleuText | readonly BleuText[]): readonly BleuText[] {
  return typeof references === 'string' ? [references] : references;
}

function closestLength(length: number, references: readonly (readonly string[])[]): number {
  return references
    .map((reference) => reference.length)
    .reduce((best, each) => {
      const difference = Math.abs(length - each) - Math.abs(length - best);
      return difference < 0 || (difference === 0 && each < best) ? each : best;
    });
}

/** How many of the n-grams are in a reference, each at most as often as in the one that has it most often. */
function clippedMatches(
  ours: readonly string[],
  references: readonly (readonly string[])[],
  n: number,
): number {
  const allowed = new Map<string, number>();
  for (const reference of references) {
    for (const [gram, count] of countGrams(reference, n)) {
      allowed.set(gram, Math.max(count, allowed.get(gram) ?? 0));
    }
  }
  let matches = 0;
  for (const [gram, count] of countGrams(ours, n)) matches += Math.min(count, allowed.get(gram) ?? 0);
  return matches;
}

function countGrams(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    // No token has a blank in it, unless it was given so.
    const gram = JSON.stringify(tokens.slice(i, i + n));
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

function scoreOf(
  matches: readonly number[],
  totals: readonly number[],
  hypothesisLength: number,
  referenceLength: number,
  { smooth = 'exp', smoothValue = smooth === 'floor' ? 0.1 : 1, effectiveOrder = false }: BleuOptions,
): BleuScore {
  const order = matches.length;
  const brevityPenalty =
    hypothesisLength >= referenceLength
      ? 1
      : hypothesisLength > 0
        ? Math.exp(1 - referenceLength / hypothesisLength)
        : 0;
  const precisions = new Array<number>(order).fill(0);
  const result = { precisions, brevityPenalty, hypothesisLength, referenceLength };
  if (matches.every((count) => count === 0)) return { score: 0, ...result };
  let halves = 1;
  let counted = order;
  for (let n = 1; n <= order; n++) {
    const added = smooth === 'add-k' && n > 1 ? smoothValue : 0;
    const [found, total] = [matches[n - 1] + added, totals[n - 1] + added];
    if (total === 0) break;
    if (effectiveOrder) counted = n;
    if (found > 0) precisions[n - 1] = (100 * found) / total;
    else if (smooth === 'exp') {
      halves *= 2;
      precisions[n - 1] = 100 / (halves * total);
    } else if (smooth === 'floor') precisions[n - 1] = (100 * smoothValue) / total;
  }
  const logs = precisions.slice(0, counted).reduce((sum, precision) => sum + Math.log(precision), 0);
  return { score: brevityPenalty * Math.exp(logs / counted), ...result };
}
