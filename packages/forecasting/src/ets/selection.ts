import { eventLoopTurn } from '@throughtime/platform';
import { type EtsFit, estimateEts, unitsOf } from './estimation.js';
import type { EtsSpecification } from './specification.js';
import { criterionAhead, type ErrorsAhead, errorsAhead, evidenceAhead } from './steps-ahead.js';

export interface SelectionOptions {
  readonly period: number;
  /** Steps ahead whose errors may count. */
  readonly steps: number;
  /** Stops the search: the best model tried so far is kept. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The evidence that errors ahead need for a model that is fitted by them. It is much, because these errors are the very ones that were
 * made small. On random walks 1% of the series reach it, of M4's hourly series three fifths.
 */
const enoughForFit = 8;

/**
 * The evidence that errors ahead need to choose the model alone, which is then fitted by likelihood. On random walks 1% of the series
 * reach it. Of three years of months with a trend and a season a fifth do: there AICc gives up the season.
 */
const enoughForChoice = 4;

/**
 * Chooses among models of a series, and fits the chosen one.
 *
 * Maximum likelihood and AICc decide, unless errors 1 to `steps` ahead speak clearly against them. Errors ahead are computed on the
 * values that the model was fitted to. A wandering series looks like a straight line to a model that has seen where it went.
 * @param tried at least one
 * @param values NaN where missing; at least one is known
 */
export async function selectEts(
  tried: readonly EtsSpecification[],
  values: Float64Array,
  { period, steps, signal }: SelectionOptions,
): Promise<EtsFit> {
  const turn = eventLoopTurn();
  if (tried.length === 1) {
    await turn();
    return estimateEts(tried[0], values, period, { steps });
  }
  const fits: EtsFit[] = [];
  for (const specification of tried) {
    fits.push(estimateEts(specification, values, period, { effort: 'rough' }));
    await turn();
    if (signal?.aborted) break;
  }
  const likeliest = leastOf(fits, ({ aicc }) => aicc);
  if (signal?.aborted) return likeliest;
  const oneStep = estimateEts(likeliest.specification, values, period);
  if (steps === 1) return oneStep;
  const errorsOf = (fit: EtsFit) => errorsOfFit(fit, values, steps);
  const bestAhead = leastOf(fits, (fit) => criterionAhead(errorsOf(fit), fit.specification, period));
  const { specification } = bestAhead;
  const evidenceFor = (fit: EtsFit) => evidenceAhead(errorsOf(oneStep), errorsOf(fit));
  await turn();
  const ahead = estimateEts(specification, values, period, { steps });
  if (evidenceFor(ahead) > enoughForFit) return ahead;
  await turn();
  if (bestAhead === likeliest || signal?.aborted) return oneStep;
  const chosen = estimateEts(specification, values, period);
  return evidenceFor(chosen) > enoughForChoice ? chosen : oneStep;
}

/** Computed near zero, so that a series far from zero loses no digits. */
function errorsOfFit(
  { specification, parameters, start }: EtsFit,
  values: Float64Array,
  steps: number,
): ErrorsAhead {
  const { center } = unitsOf(specification, values);
  const from = { ...start, level: start.level - center };
  const near = values.map((value) => value - center);
  return errorsAhead(specification, parameters, from, near, steps);
}

function leastOf<T>(some: readonly T[], by: (one: T) => number): T {
  // No number: a model whose forecasts left what numbers can hold.
  const scores = some.map(by).map((score) => (Number.isNaN(score) ? Number.POSITIVE_INFINITY : score));
  return some[scores.indexOf(Math.min(...scores))];
}
