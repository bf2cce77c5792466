import { ArgumentError, checkOptions, type OptionChecks, text } from '@throughtime/errors';
import type { Backtest } from './backtest.js';
import { compareBacktests } from './diebold-mariano.js';
import { type ScoreOptions, type Scores, scoreChecks, scoresOf } from './scores.js';

/** One model of a comparison. */
export interface ComparisonRow {
  /** The backtest's name. */
  readonly name: string;
  /** How good its forecasts were. */
  readonly scores: Scores;
  /** Diebold-Mariano p-value against the baseline; undefined for the baseline itself, and where the test is. */
  readonly pValue: number | undefined;
}

/** What is scored, and against which baseline. */
export interface CompareOptions extends ScoreOptions {
  /** The name of the backtest that the others are tested against. Default: the first. */
  readonly baseline?: string | undefined;
}

const checks: OptionChecks<CompareOptions> = { ...scoreChecks, baseline: text };

/** Backtests from the same origins side by side, the best first: by MASE, or by MAE where the training values give no scale. */
export function compare(tests: readonly Backtest[], options: CompareOptions = {}): ComparisonRow[] {
  checkOptions<CompareOptions>(options, checks);
  const { baseline = tests[0]?.name, ...scoring } = options;
  const reference = tests.find((test) => test.name === baseline);
  if (reference === undefined) {
    throw new ArgumentError('baseline', `one of ${tests.map((test) => test.name).join(', ')}`, baseline);
  }
  return tests
    .map((test) => ({
      name: test.name,
      scores: scoresOf(test, scoring),
      pValue: test === reference ? undefined : compareBacktests(test, reference).pValue,
    }))
    .sort(byScores);
}

function byScores({ scores: a }: ComparisonRow, { scores: b }: ComparisonRow): number {
  const scaled = Number.isFinite(a.mase) && Number.isFinite(b.mase);
  const [first, second] = scaled ? [a.mase, b.mase] : [a.mae, b.mae];
  // A model without a score stands last.
  return (Number.isNaN(first) ? 1 : 0) - (Number.isNaN(second) ? 1 : 0) || first - second;
}
