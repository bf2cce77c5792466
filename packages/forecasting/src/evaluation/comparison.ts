import { ArgumentError, checkOptions, type OptionChecks, text } from '@throughtime/errors';
import type { Backtest } from './backtest.js';
import { compareBacktests } from './diebold-mariano.js';
import { type ScoreOptions, type Scores, scoreChecks, scoresOf } from './scores.js';

export interface ComparisonRow {
  readonly name: string;
  readonly scores: Scores;
  /** Diebold-Mariano p-value against the baseline; undefined for the baseline itself and for a single origin. */
  readonly pValue: number | undefined;
}

export interface CompareOptions extends ScoreOptions {
  /** The name of the backtest that the others are tested against. Default: the first. */
  readonly baseline?: string | undefined;
}

const checks: OptionChecks<CompareOptions> = { ...scoreChecks, baseline: text };

/** Backtests from the same origins side by side, the best (by MASE) first. */
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
      pValue:
        test === reference || test.records.length < 2 ? undefined : compareBacktests(test, reference).pValue,
    }))
    .sort((a, b) => a.scores.mase - b.scores.mase);
}
