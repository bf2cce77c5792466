import * as Plot from '@observablehq/plot';
import { checkOptions, text } from '@throughtime/errors';
import { dataList, defaultSize, type Figure, type FigureSize, sizeChecks } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';

/** A run of a search over options. */
export interface SweptRun {
  /** The value of each option that was varied, as it was written. */
  readonly choices: Readonly<Record<string, string>>;
  /** Lower is better. */
  readonly score: number;
}

/** Width of the chart, and the score's name. */
export interface SweepFigureOptions extends Omit<FigureSize, 'height'> {
  /** The score's name: 'score' by default. */
  readonly measure?: string;
}

/** An option with more different numbers than this is shown by ranges of them. */
const mostRows = 8;
/** Ranges that hold the same number of runs each. */
const ranges = 4;
/** Scores that differ by this factor are shown on a logarithmic axis. */
const wide = 20;

/**
 * What each option does to the score: a row for each value (or range of values) of each option, a dot for each run that has it, the
 * median as a bar. The best run is marked in every row that it belongs to.
 */
export function sweepFigure(runs: readonly SweptRun[], options: SweepFigureOptions = {}): Figure {
  dataList('runs', runs);
  checkOptions<SweepFigureOptions>(options, { width: sizeChecks.width!, measure: text });
  const { measure = 'score', width = defaultSize.width } = options;
  const scored = runs.filter(({ score }) => Number.isFinite(score));
  const best = scored.reduce<SweptRun | undefined>(
    (least, run) => (least === undefined || run.score < least.score ? run : least),
    undefined,
  );
  const names = [...new Set(scored.flatMap(({ choices }) => Object.keys(choices)))];
  const rows = names.flatMap((option) => rowsOf(option, scored));
  const points = rows.flatMap(({ label, members }) =>
    members.map((run) => ({ label, score: run.score, isBest: run === best })),
  );
  const scores = scored.map(({ score }) => score);
  const isWide = Math.min(...scores) > 0 && Math.max(...scores) / Math.min(...scores) > wide;
  const medians = rows.map(({ label, members }) => ({
    label,
    score: median(members.map(({ score }) => score)),
  }));
  const characters = Math.max(0, ...rows.map(({ label }) => label.length));
  return {
    title: `${measure} by option`,
    description: rows
      .map(({ label }, i) => `${label}: ${medians[i].score.toPrecision(4)} in the middle.`)
      .join(' '),
    legend: [
      { label: 'run', color: contextColor },
      { label: 'median', color: seriesColor(0) },
      { label: 'best run', color: seriesColor(1) },
    ],
    plot: {
      width,
      height: 50 + 24 * Math.max(1, rows.length),
      marginLeft: Math.min(width / 2, 16 + 7 * characters),
      x: {
        label: measure,
        grid: true,
        nice: true,
        ...(isWide ? { type: 'log', tickFormat: '~g' } : { type: 'linear' }),
      },
      y: { type: 'band', domain: rows.map(({ label }) => label), label: null, padding: 0.3 },
      marks: [
        Plot.tickX(medians, { x: 'score', y: 'label', stroke: seriesColor(0), strokeWidth: 3 }),
        Plot.dot(
          points.filter(({ isBest }) => !isBest),
          { x: 'score', y: 'label', fill: contextColor, fillOpacity: 0.7, r: 3 },
        ),
        Plot.dot(
          points.filter(({ isBest }) => isBest),
          { x: 'score', y: 'label', fill: seriesColor(1), r: 4 },
        ),
      ],
    },
  };
}

interface Row {
  readonly label: string;
  readonly members: readonly SweptRun[];
}

function rowsOf(option: string, runs: readonly SweptRun[]): Row[] {
  const having = runs.filter(({ choices }) => choices[option] !== undefined);
  const values = [...new Set(having.map(({ choices }) => choices[option]))];
  const areNumbers = values.every((value) => value.trim() !== '' && Number.isFinite(Number(value)));
  if (areNumbers) values.sort((a, b) => Number(a) - Number(b));
  if (!areNumbers || values.length <= mostRows)
    return values.map((value) => ({
      label: `${option} ${value}`,
      members: having.filter(({ choices }) => choices[option] === value),
    }));
  return Array.from({ length: ranges }, (_, i) => {
    const own = values.slice((values.length * i) / ranges, (values.length * (i + 1)) / ranges);
    return {
      label: `${option} ${own[0]} to ${own[own.length - 1]}`,
      members: having.filter(({ choices }) => own.includes(choices[option])),
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
