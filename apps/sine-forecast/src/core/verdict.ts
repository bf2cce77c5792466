import type { ModelErrors } from './compare-models.js';

/** How a model stands beside another that learns nothing, over the steps ahead. */
export interface Verdict {
  readonly model: string;
  readonly baseline: string;
  /** The share of the baseline's error that the model saves one step ahead; below 0 it is worse. */
  readonly gain: number;
  /** The same at the last step. */
  readonly lastGain: number;
  /** The most steps ahead that were judged. */
  readonly steps: number;
  /** How many horizons were judged. */
  readonly count: number;
  readonly outcome:
    | { readonly kind: 'wins' }
    | { readonly kind: 'loses' }
    /** Better before that many steps ahead, and worse from there on; or the other way round. */
    | { readonly kind: 'wins-first' | 'loses-first'; readonly turn: number }
    /** Better at that many horizons, here and there. */
    | { readonly kind: 'mixed'; readonly better: number };
}

/**
 * Holds a model against the best, one step ahead, of those that learn nothing.
 * @param horizons the steps ahead of the errors, the first of them 1. Default: 1, 2, 3 and so on
 * @returns undefined where errors are not known at every step: of a series that never changes, say
 */
export function verdictOf(
  model: ModelErrors,
  baselines: readonly ModelErrors[],
  horizons?: readonly number[],
): Verdict | undefined {
  const known = ({ errors }: ModelErrors) => errors.length > 0 && Array.from(errors).every(Number.isFinite);
  const [first, ...others] = baselines
    .filter(known)
    .filter(({ errors }) => Array.from(errors).every((error) => error > 0));
  if (first === undefined || !known(model)) return undefined;
  const baseline = others.reduce((best, one) => (one.errors[0] < best.errors[0] ? one : best), first);
  const gains = Array.from(model.errors, (error, i) => 1 - error / baseline.errors[i]);
  const isBetter = gains.map((gain) => gain > 0);
  const better = isBetter.filter(Boolean).length;
  const count = gains.length;
  const stepAt = (i: number) => horizons?.[i] ?? i + 1;
  // The step, if there is one, from which on all differ from all before it.
  const turn = isBetter.findIndex((one) => one !== isBetter[0]);
  const turnsOnce = turn > 0 && isBetter.slice(turn).every((one) => one === isBetter[turn]);
  const outcome: Verdict['outcome'] =
    turn === -1
      ? { kind: isBetter[0] ? 'wins' : 'loses' }
      : turnsOnce
        ? { kind: isBetter[0] ? 'wins-first' : 'loses-first', turn: stepAt(turn) }
        : { kind: 'mixed', better };
  return {
    model: model.name,
    baseline: baseline.name,
    gain: gains[0],
    lastGain: gains[count - 1],
    steps: stepAt(count - 1),
    count,
    outcome,
  };
}

/** What a baseline does, in words. @param unit what a step is, such as 'day' */
export function baselineInWords(name: string, unit = 'step'): string {
  const season = /^seasonal-naive\((\d+)\)$/.exec(name)?.[1];
  if (season === undefined) return 'repeating the last value';
  if (season === '7' && unit === 'day') return 'repeating last week';
  if (season === '12' && unit === 'month') return 'repeating last year';
  return `repeating the value ${season} ${unit}s before`;
}

export interface VerdictWords {
  /** The model's name as people write it. */
  readonly model: string;
  /** What a step is. Default 'step'. */
  readonly unit?: string | undefined;
  readonly percent: (share: number) => string;
}

/** A verdict as a sentence: "GRU beats repeating last week by 12% one day ahead, and loses to it from day 4." */
export function verdictInWords(verdict: Verdict, { model, unit = 'step', percent }: VerdictWords): string {
  const { gain, lastGain, steps, count, outcome } = verdict;
  const base = baselineInWords(verdict.baseline, unit);
  const first = `by ${percent(Math.abs(gain))} one ${unit} ahead`;
  const last = count === 1 ? '' : ` and by ${percent(Math.abs(lastGain))} ${steps} ${unit}s ahead`;
  switch (outcome.kind) {
    case 'wins':
      return `${model} beats ${base} at every horizon: ${first}${last}.`;
    case 'loses':
      return `${model} loses to ${base} at every horizon: ${first}${last}. What learns nothing does better.`;
    case 'wins-first':
      return `${model} beats ${base} ${first}, and loses to it from ${unit} ${outcome.turn}.`;
    case 'loses-first':
      return `${model} loses to ${base} ${first}, and beats it from ${unit} ${outcome.turn}.`;
    case 'mixed':
      return `${model} ${gain > 0 ? 'beats' : 'loses to'} ${base} ${first}; of ${count} horizons it is better at ${outcome.better}.`;
  }
}

/** How far the measured share of outcomes within intervals is from what they promise. */
export type CoverageVerdict = 'as promised' | 'too narrow' | 'too wide' | 'unknown';

/** A share within so much of what was promised is as good as can be measured on one series. */
const tolerance = 0.05;

/**
 * Whether intervals hold what they promise.
 * @param measured the share of outcomes that they held
 */
export function coverageVerdict(measured: number, promised: number): CoverageVerdict {
  if (Number.isNaN(measured)) return 'unknown';
  // The bounds of doubles: 0.95 - 0.9 is a little more than 0.05.
  if (measured < promised - tolerance - 1e-9) return 'too narrow';
  return measured > promised + tolerance + 1e-9 ? 'too wide' : 'as promised';
}
