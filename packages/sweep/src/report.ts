import { join } from 'node:path';
import { textTable } from '@throughtime/command-line';
import { csvText } from '@throughtime/datasets';
import { sweepFigure } from '@throughtime/figures';
import { figureToSvg } from '@throughtime/figures/node';
import { replaceFile } from '@throughtime/platform/node';
import { choicesInWords, type PlannedRun } from './plan.js';
import { shortNumber } from './short-number.js';
import type { RunResult } from './sweep-files.js';

/** A sweep as far as it is. */
export interface SweepReport {
  /** Best first, then those that failed. */
  readonly results: readonly RunResult[];
  /** Runs that have not ended. */
  readonly missing: readonly PlannedRun[];
  /** What the scores are; several where runs differ in it, and then no score can be held against another. */
  readonly measures: readonly string[];
}

export const tableName = 'sweep.csv';
export const figureName = 'sweep.svg';

export function reportOf(
  runs: readonly PlannedRun[],
  results: readonly (RunResult | undefined)[],
): SweepReport {
  const ended = results.filter((result) => result !== undefined);
  const rank = ({ score = Number.POSITIVE_INFINITY }: RunResult) => score;
  // Equal ones stay in the order of their numbers; Infinity - Infinity is NaN, which counts as equal.
  const ranked = ended.sort((a, b) => rank(a) - rank(b) || a.number - b.number);
  return {
    results: ranked,
    missing: runs.filter((_, i) => results[i] === undefined),
    measures: [...new Set(ranked.flatMap(({ measure }) => measure ?? []))],
  };
}

/** Writes the table and, where a run has a score, the figure. @returns the files' names */
export async function writeReport(out: string, report: SweepReport): Promise<readonly string[]> {
  const { results, measures } = report;
  const { header, rows } = cells(report);
  await replaceFile(join(out, tableName), csvText(header, rows));
  const scored = results.flatMap(({ choices, score }) => (score === undefined ? [] : [{ choices, score }]));
  if (scored.length === 0) return [tableName];
  await replaceFile(
    join(out, figureName),
    figureToSvg(sweepFigure(scored, { measure: measures.join(', ') })),
  );
  return [tableName, figureName];
}

/** The table as people read it. */
export function reportText(report: SweepReport): string {
  const { header, rows } = cells(report);
  const shown = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? (Number.isNaN(cell) ? '-' : shortNumber(cell)) : cell)),
  );
  // The last column, of errors, may be long: it stands by itself.
  const failed = report.results.filter(({ error }) => error !== undefined);
  const notes = failed.map(
    ({ number, choices, error }) => `run ${number} (${choicesInWords(choices)}) failed: ${error}`,
  );
  const table = textTable(
    header.slice(0, -1),
    shown.map((row) => row.slice(0, -1)),
  );
  return [table, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}

function cells({ results, measures }: SweepReport) {
  const options = [...new Set(results.flatMap(({ choices }) => Object.keys(choices)))];
  const figures = [...new Set(results.flatMap(({ figures = {} }) => Object.keys(figures)))];
  const score = measures.length === 1 ? measures[0] : 'score';
  const measure = measures.length > 1 ? ['measure'] : [];
  const header = ['run', ...options, score, ...measure, ...figures, 'seconds', 'error'];
  const rows = results.map((result) => [
    String(result.number),
    ...options.map((option) => result.choices[option] ?? ''),
    result.score ?? Number.NaN,
    ...measure.map(() => result.measure ?? ''),
    ...figures.map((name) => result.figures?.[name] ?? Number.NaN),
    result.seconds,
    result.error ?? '',
  ]);
  return { header, rows };
}
