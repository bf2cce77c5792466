import {
  ArgumentError,
  boolean,
  inWords,
  number,
  type OptionChecks,
  positive,
  probability,
  resolveOptions,
  whole,
  withDefault,
} from '@throughtime/errors';
import { Random, randomSource } from '@throughtime/random';
import { excludedIds, requireExcludable } from '../checks.js';

/** How the next token is chosen from a model's distribution p. The steps apply in the order of these fields. */
export interface SamplingOptions {
  /** Ids never chosen, `<unk>` for instance; where the model rules out all others, those are equally probable. Default: none. */
  readonly exclude?: readonly number[];
  /**
   * Log-probabilities of recent tokens are multiplied by this (CTRL, Keskar et al. 2019, on normalized scores); above 1
   * discourages repetition. Default 1: off, because natural text repeats.
   */
  readonly repetitionPenalty?: number;
  /** How many of the last tokens, prompt included, count as recent. Default 64. */
  readonly repetitionWindow?: number;
  /**
   * Divides the log-probabilities: below 1 sharper, above 1 flatter. Default 1: the model's own distribution. 0, and what is so
   * near it that its inverse is infinite, is the limit, `greedy`.
   */
  readonly temperature?: number;
  /** The chapter's form of the same: q proportional to p^power, so power = 1 / temperature. Give one of the two. */
  readonly power?: number;
  /** Keep only the k most probable tokens (of equals, lower ids first). Default: all. */
  readonly topK?: number;
  /** Keep the smallest set of most probable tokens whose probabilities reach this sum (nucleus). Default 1: all. */
  readonly topP?: number;
  /** Keep tokens at least this share as probable as the most probable one. Default 0: all. */
  readonly minP?: number;
  /** Always take the most probable token (of equals, the lowest id). Default false. */
  readonly greedy?: boolean;
  /**
   * The source of the draws. Default `Random.seeded(1)`, made for this call: the same call gives the same text each time. Pass your
   * own for another text, or for texts that differ from call to call.
   */
  readonly random?: Random;
}

const none: readonly number[] = [];

/** What each option must be, and its default. */
export const samplingChecks = {
  exclude: withDefault(excludedIds, none),
  repetitionPenalty: withDefault(positive, 1),
  repetitionWindow: withDefault(whole({ from: 1 }), 64),
  temperature: number({ from: 0 }),
  power: positive,
  topK: withDefault(whole({ from: 1 }), Number.POSITIVE_INFINITY),
  topP: withDefault(number({ above: 0, to: 1 }), 1),
  minP: withDefault(probability, 0),
  greedy: withDefault(boolean, false),
  random: randomSource,
} satisfies OptionChecks<SamplingOptions>;

/** Chooses tokens as {@link SamplingOptions} say. Buffers are kept between calls, so make one for each stream. */
export interface Sampler {
  /**
   * The distribution that is drawn from, [V], summing to 1; valid until the next call.
   * @param recent the tokens so far, latest last
   * @throws ArgumentError for log-probabilities that are NaN or positive infinity
   */
  probabilities(logProbabilities: ArrayLike<number>, recent?: ArrayLike<number>): Float64Array;
  /**
   * Draws a token (or takes the most probable).
   * @throws ArgumentError for log-probabilities that are NaN or positive infinity
   */
  choose(logProbabilities: ArrayLike<number>, recent?: ArrayLike<number>): number;
}

/** @throws ArgumentError naming the option */
export function createSampler(options: SamplingOptions, vocabularySize: number): Sampler {
  const settings = resolve(options, vocabularySize);
  const { exclude, repetitionPenalty, repetitionWindow, power, topK, topP, minP, greedy, random } = settings;
  const scores = new Float64Array(vocabularySize);
  const excluded = new Set(exclude);
  let firstAllowed = 0;
  while (excluded.has(firstAllowed)) firstAllowed++;
  const truncates = topK < vocabularySize || topP < 1;
  const sorted = new Float64Array(truncates ? vocabularySize : 0);
  // A recent token is penalized once, however often it occurred.
  const penalized = repetitionPenalty === 1 ? undefined : new Set<number>();

  const adjust = (logProbabilities: ArrayLike<number>, recent: ArrayLike<number>): void => {
    for (let v = 0; v < vocabularySize; v++) {
      const value = logProbabilities[v];
      if (!(value < Number.POSITIVE_INFINITY)) throw noLogProbability(v, value);
      scores[v] = value;
    }
    for (const id of exclude) scores[id] = Number.NEGATIVE_INFINITY;
    if (!penalized) return;
    penalized.clear();
    for (let i = Math.max(0, recent.length - repetitionWindow); i < recent.length; i++)
      penalized.add(recent[i]);
    for (const id of penalized) scores[id] *= repetitionPenalty;
  };

  const probabilities = (logProbabilities: ArrayLike<number>, recent: ArrayLike<number> = none) => {
    adjust(logProbabilities, recent);
    const best = argmax(scores, firstAllowed);
    if (greedy) {
      scores.fill(0);
      scores[best] = 1;
      return scores;
    }
    if (scores[best] === Number.NEGATIVE_INFINITY) {
      // The model rules out every allowed id: they are equals.
      scores.fill(0);
      for (const id of exclude) scores[id] = Number.NEGATIVE_INFINITY;
    }
    const highest = scores[best];
    const rounding = logProbabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52;
    let total = 0;
    for (let v = 0; v < vocabularySize; v++) {
      // Relative to the highest, so that no power of it can vanish altogether.
      scores[v] = Math.exp(power * (scores[v] - highest));
      total += scores[v];
    }
    if (truncates) total = keepMostProbable(scores, sorted, topK, topP);
    if (minP > 0) total = keepAtLeast(scores, minP * (1 - minPTolerance(minP, power * highest, rounding)));
    for (let v = 0; v < vocabularySize; v++) scores[v] /= total;
    return scores;
  };

  return {
    probabilities,
    choose(logProbabilities, recent = none) {
      if (greedy) {
        adjust(logProbabilities, recent);
        return argmax(scores, firstAllowed);
      }
      return random.categorical(probabilities(logProbabilities, recent));
    },
  };
}

function resolve(options: SamplingOptions, vocabularySize: number) {
  const { temperature, power, greedy, ...settings } = resolveOptions(options, samplingChecks);
  if (temperature !== undefined && power !== undefined)
    throw new ArgumentError(
      'power',
      'temperature or power, which say the same (power = 1 / temperature)',
      inWords('both'),
    );
  requireExcludable(settings.exclude, vocabularySize);
  // Temperatures so near 0 that their inverse overflows are their limit too.
  const inverse = 1 / (temperature ?? 1);
  const takesBest = greedy || inverse === Number.POSITIVE_INFINITY;
  const random = settings.random ?? defaultRandom();
  return { ...settings, random, power: power ?? (takesBest ? 1 : inverse), greedy: takesBest };
}

/** What draws where a caller passes nothing. Made for each call: a shared one would make a text depend on those before it. */
export function defaultRandom(): Random {
  return Random.seeded(1);
}

/** Of a model that is broken: one whose weights hold NaN, for instance. */
export function noLogProbability(token: number, value: number): ArgumentError {
  return new ArgumentError(`logProbabilities[${token}]`, 'a number or -Infinity', value);
}

/** The index of the highest value; of equals the lowest, from `first` on. */
function argmax(values: ArrayLike<number>, first: number): number {
  let best = first;
  for (let i = first + 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/**
 * Top-k and top-p (nucleus): zeroes all but the k largest weights, then all but the smallest set of these whose share reaches p.
 * @returns the sum that remains
 */
function keepMostProbable(weights: Float64Array, sorted: Float64Array, topK: number, topP: number): number {
  sorted.set(weights);
  sorted.sort(); // ascending, and without a comparator: many times faster for a large vocabulary
  const size = sorted.length;
  const most = Math.min(topK, size);
  let goal = 0;
  for (let rank = 0; rank < most; rank++) goal += sorted[size - 1 - rank];
  goal *= topP;
  let kept = 0;
  let sum = 0;
  while (kept < most && (kept === 0 || sum < goal)) sum += sorted[size - 1 - kept++];

  const threshold = sorted[size - kept];
  let equals = kept;
  for (let rank = 0; rank < kept; rank++) if (sorted[size - 1 - rank] > threshold) equals--;
  for (let v = 0; v < size; v++) {
    if (weights[v] < threshold || (weights[v] === threshold && equals-- <= 0)) weights[v] = 0;
  }
  return sum;
}

/** By how much a weight may fall short of its share of the highest because logarithms were rounded, as a part of it. */
function minPTolerance(share: number, highest: number, rounding: number): number {
  // The two logarithms, times the power, differ by log(share); each is rounded in proportion to its size: in float32 by
  // up to 2e-6 together where probabilities are near 1e-6. At most 1e-5, so that no power makes it a rule of its own.
  return Math.min(1e-5, rounding * (1 + 2 * Math.abs(highest) - Math.log(share)));
}

/** Min-p: zeroes weights below `share` of the highest, which is 1 by construction; returns the sum that remains. */
function keepAtLeast(weights: Float64Array, share: number): number {
  let sum = 0;
  for (let v = 0; v < weights.length; v++) {
    if (weights[v] < share) weights[v] = 0;
    sum += weights[v];
  }
  return sum;
}
