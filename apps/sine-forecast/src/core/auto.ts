import {
  type Backtest,
  type ComparisonRow,
  compare,
  scoreOf,
  type TimeSeries,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import type { AutoMeasure, Candidate } from './compare-models.js';
import { createModel, distinctModels, type ModelName, type ModelSettings } from './models.js';
import { formatScore } from './report.js';

/** What `forecast auto` tries, simplest first: of two that are equally good the simpler one is chosen. */
const tried: readonly ModelName[] = [
  'naive',
  'seasonal-naive',
  'drift',
  'croston',
  'tsb',
  'theta',
  'ets',
  'arima',
  'ar',
  'gru',
  'lstm',
];

/** Those that are also tried on the logarithm of a series that is positive: their errors and seasons grow with its level. */
const triedOnLogarithm: ReadonlySet<ModelName> = new Set(['ar', 'gru', 'lstm']);

/** Those that are tried only on demand that is 0 much of the time. */
const triedOnIntermittent: ReadonlySet<ModelName> = new Set(['croston', 'tsb']);

/** Longer seasons make these slow. */
const longestSeasons: Partial<Record<ModelName, number>> = { ets: 60, arima: 30 };

export interface AutoSettings extends Omit<ModelSettings, 'random'> {
  readonly seed: number;
  /** Whether it is demand that is 0 much of the time. Default false. */
  readonly intermittent?: boolean | undefined;
}

/** The models that may forecast a series, each from a random stream of its own. */
export function autoCandidates(
  series: TimeSeries,
  { seed, intermittent = false, ...settings }: AutoSettings,
): Candidate[] {
  const { period } = settings;
  const isPositive = series.values.every((value) => Number.isNaN(value) || value > 0);
  const make = (name: ModelName, transforms: ModelSettings['transforms'] = []) =>
    createModel(name, { ...settings, transforms, random: Random.seeded(seed) });
  return distinctModels(tried, period)
    .filter((name) => intermittent || !triedOnIntermittent.has(name))
    .filter((name) => period <= (longestSeasons[name] ?? period))
    .flatMap((name) => [
      { name, model: make(name) },
      ...(isPositive && triedOnLogarithm.has(name)
        ? [{ name: `${name} of logarithms`, model: make(name, [{ kind: 'log' }]) }]
        : []),
    ]);
}

/** From where candidates are judged, and how often: on the last 30% of a series, from at most 41 origins. */
export function autoPlan(
  length: number,
  { horizon, train }: { readonly horizon: number; readonly train?: number | undefined },
): { readonly start: number; readonly stride: number; readonly refit: number } {
  const start = train ?? Math.max(1, Math.min(Math.floor(0.7 * length), length - 2 * horizon));
  const room = length - start - horizon;
  const stride = Math.max(1, Math.ceil(room / 40));
  // Fitted twice: what a model learns from the first half of the origins counts for the second.
  return { start, stride, refit: Math.max(1, Math.ceil((Math.floor(room / stride) + 1) / 2)) };
}

/** The candidates in the order of their errors, the best first: by RMSSE if so measured, else by MASE, or by MAE where the training values give no scale. */
export function ranked(tests: readonly Backtest[], measure: AutoMeasure = 'MASE'): readonly ComparisonRow[] {
  const rows = compare(tests);
  return measure === 'RMSSE' ? rows.toSorted((a, b) => a.scores.rmsse - b.scores.rmsse) : rows;
}

export interface AdviceOptions {
  /** Of the candidates, by their name. */
  readonly tests: ReadonlyMap<string, Backtest>;
  /** Their names, the best first. */
  readonly order: readonly string[];
  /** The names of those that learn nothing. */
  readonly baselines: readonly string[];
  /** What they were ordered by. Default: absolute errors. */
  readonly measure?: AutoMeasure | undefined;
}

/** Which model to use, what error to expect, and how sure that is: one paragraph. */
export function adviceOf({ tests, order, baselines, measure }: AdviceOptions): string {
  const [best, second] = order;
  const test = tests.get(best)!;
  const [score, inWords] =
    measure === 'RMSSE'
      ? (['rmse', 'root mean squared error'] as const)
      : (['mae', 'mean absolute error'] as const);
  const errorOf = (name: string) => scoreOf(tests.get(name)!, score);
  const least = errorOf(best);
  const naive = baselines
    .filter((name) => tests.has(name))
    .reduce((a, b) => (errorOf(b) < errorOf(a) ? b : a));
  const ofNaive = errorOf(naive);
  const errors = test.records
    .flatMap(({ actual, forecast: { mean } }) => Array.from(actual, (y, step) => Math.abs(y - mean[step])))
    .filter((error) => !Number.isNaN(error))
    .sort((a, b) => a - b);
  const largest = errors[Math.floor(0.9 * (errors.length - 1))];
  const isNaive = best === naive;
  const last = test.horizon;
  const share = least / ofNaive;
  const toNaive = Number.isFinite(share)
    ? `${percent(share)} of that of ${naive} (${formatScore(ofNaive)})`
    : `that of ${naive} ${formatScore(ofNaive)}`;
  const atStep = (step: number) => formatScore(scoreOf(test, score, { step }));
  const sentences = [
    isNaive
      ? `Use ${best}: none of the models that learn forecasts this series better.`
      : `Use ${best}: its ${inWords} was ${formatScore(least)}, ${toNaive}.`,
    `That is of ${test.records.length} forecasts of ${last} ${last === 1 ? 'step' : 'steps'}, each from the values before it alone.`,
    last === 1
      ? `Expect an error of about ${atStep(1)}; nine in ten were at most ${formatScore(largest)}.`
      : `Expect an error of about ${atStep(1)} one step ahead and ${atStep(last)} at step ${last}; nine in ten were at most ${formatScore(largest)}.`,
  ];
  if (second !== undefined) sentences.push(besideSecond(second, errorOf(second), least));
  return sentences.join(' ');
}

/** How the second best compares. The error of a series that never changes is 0, and nothing is a share of that. */
function besideSecond(second: string, error: number, least: number): string {
  const simpler = 'the simpler of the two serves as well.';
  if (error === least) return `${second} is as good: ${simpler}`;
  const more = error / least - 1;
  if (!Number.isFinite(more)) return `The next best, ${second}, has an error of ${formatScore(error)}.`;
  return more < 0.05
    ? `${second} is as good, within ${percent(more)}: ${simpler}`
    : `The next best, ${second}, has an error ${percent(more)} larger.`;
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Number((100 * share).toPrecision(2))}%` : '-';
}
