import { ArgumentError } from '@throughtime/errors';
import type { Backtest } from './backtest.js';
import { compareBacktests } from './diebold-mariano.js';
import { type ScoreOptions, type Scores, scoresOf } from './scores.js';

export interface ComparisonRow {
  readonly name: string;
  readonly scores: Scores;
  /** Diebold-Mariano p-value against the baseline; undefined for the baseline itself and for a single origin. */
  readonly pValue: number | undefined;
}

/**
 * Backtests from the same origins side by side, the best (by MASE) first.
 * @param options.baseline the name of the one that the others are tested against. Default: the first
 */
export function compare(
  tests: readonly Backtest[],
  { baseline = tests[0]?.name, ...options }: ScoreOptions & { readonly baseline?: string | undefined } = {},
): ComparisonRow[] {
  const reference = tests.find((test) => test.name === baseline);
  if (reference === undefined) {
    throw new ArgumentError('baseline', `one of ${tests.map((test) => test.name).join(', ')}`, baseline);
  }
  return tests
    .map((test) => ({
      name: test.name,
      scores: scoresOf(test, options),
      pValue:
        test === reference || test.records.length < 2 ? undefined : compareBacktests(test, reference).pValue,
    }))
    .sort((a, b) => a.scores.mase - b.scores.mase);
}
