import type { ModelErrors } from './compare-models.js';

/** How a model stands beside another that learns nothing, over the steps ahead. */
export interface Verdict {
  readonly model: string;
  readonly baseline: string;
  /** The share of the baseline's error that the model saves one step ahead; below 0 it is worse. */
  readonly gain: number;
  /** The same at the last step. */
  readonly lastGain: number;
  /** How many steps ahead were judged. */
  readonly steps: number;
  readonly outcome:
    | { readonly kind: 'wins' }
    | { readonly kind: 'loses' }
    /** Better up to the step before, and worse from that step on; or the other way round. */
    | { readonly kind: 'wins-first' | 'loses-first'; readonly turn: number }
    /** Better at that many steps, here and there. */
    | { readonly kind: 'mixed'; readonly better: number };
}

/**
 * Holds a model against the best, one step ahead, of those that learn nothing.
 * @returns undefined where errors are not known at every step: of a series that never changes, say
 */
export function verdictOf(model: ModelErrors, baselines: readonly ModelErrors[]): Verdict | undefined {
  const known = ({ errors }: ModelErrors) => errors.length > 0 && Array.from(errors).every(Number.isFinite);
  const [first, ...others] = baselines
    .filter(known)
    .filter(({ errors }) => Array.from(errors).every((error) => error > 0));
  if (first === undefined || !known(model)) return undefined;
  const baseline = others.reduce((best, one) => (one.errors[0] < best.errors[0] ? one : best), first);
  const gains = Array.from(model.errors, (error, i) => 1 - error / baseline.errors[i]);
  const isBetter = gains.map((gain) => gain > 0);
  const better = isBetter.filter(Boolean).length;
  const steps = gains.length;
  // The step, if there is one, from which on all differ from all before it.
  const turn = isBetter.findIndex((one) => one !== isBetter[0]);
  const turnsOnce = turn > 0 && isBetter.slice(turn).every((one) => one === isBetter[turn]);
  const outcome: Verdict['outcome'] =
    turn === -1
      ? { kind: isBetter[0] ? 'wins' : 'loses' }
      : turnsOnce
        ? { kind: isBetter[0] ? 'wins-first' : 'loses-first', turn: turn + 1 }
        : { kind: 'mixed', better };
  return {
    model: model.name,
    baseline: baseline.name,
    gain: gains[0],
    lastGain: gains[steps - 1],
    steps,
    outcome,
  };
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
