import { ArgumentError, grouped, inWords } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { type Axis, isRange, parseAxis, type RangeAxis } from './axis.js';

/** What a sweep does: everything that decides which runs it has. */
export interface SweepPlan {
  /** The program and its command: 'generate train'. */
  readonly command: string;
  /** Arguments that all runs have. */
  readonly args: readonly string[];
  /** What is varied, as it is written: see {@link parseAxis}. */
  readonly vary: readonly string[];
  /** How many combinations are drawn, and the seed. Left out: the grid, all combinations. */
  readonly random?: { readonly runs: number; readonly seed: number };
}

/** One run: the value of each varied option. */
export interface PlannedRun {
  /** From 1. */
  readonly number: number;
  readonly choices: Readonly<Record<string, string>>;
}

/** More runs than this are a mistake: 2 x 2 x ... is quickly written. */
const mostRuns = 10_000;

/**
 * The runs of a plan, the same ones each time. A grid's last option changes fastest. A random search draws combinations that
 * differ from one another.
 * @throws ArgumentError when there would be none, or too many
 */
export function runsOf({ vary, random }: SweepPlan): PlannedRun[] {
  const axes = vary.map(parseAxis);
  const combinations = random ? drawn(axes, random) : grid(axes);
  return combinations.map((values, i) => ({
    number: i + 1,
    choices: Object.fromEntries(axes.map(({ option }, axis) => [option, values[axis]])),
  }));
}

function grid(axes: readonly Axis[]): string[][] {
  const range = axes.find(isRange);
  if (range)
    throw new ArgumentError(
      'random',
      `a number of runs to draw, since --vary ${range.option} names a range`,
      inWords('none'),
    );
  const count = axes.reduce((product, axis) => product * sizeOf(axis), 1);
  if (count > mostRuns)
    throw new ArgumentError('vary', `at most ${grouped(mostRuns)} combinations`, inWords(grouped(count)));
  let combinations: string[][] = [[]];
  for (const axis of axes) {
    if (isRange(axis)) continue;
    combinations = combinations.flatMap((before) => axis.values.map((value) => [...before, value]));
  }
  return combinations;
}

function drawn(axes: readonly Axis[], { runs, seed }: { readonly runs: number; readonly seed: number }) {
  const size = axes.reduce((product, axis) => product * sizeOf(axis), 1);
  if (runs > Math.min(size, mostRuns))
    throw new ArgumentError(
      'random',
      `at most ${grouped(Math.min(size, mostRuns))}, ${size > mostRuns ? 'the largest sweep' : 'as many as there are combinations'}`,
      runs,
    );
  const random = Random.seeded(seed);
  const found = new Map<string, string[]>();
  // Numbers of a narrow range round to few different ones.
  for (let attempt = 0; found.size < runs; attempt++) {
    if (attempt > 100_000 + 100 * runs)
      throw new ArgumentError('random', `at most ${found.size}, as no more combinations differ`, runs);
    const values = axes.map((axis) =>
      isRange(axis) ? numberFrom(axis, random) : axis.values[random.integer(0, axis.values.length)],
    );
    found.set(JSON.stringify(values), values);
  }
  return [...found.values()];
}

/** How many values an axis has; Infinity for numbers that are not whole. */
function sizeOf(axis: Axis): number {
  if (!isRange(axis)) return axis.values.length;
  return axis.whole ? axis.to - axis.from + 1 : Number.POSITIVE_INFINITY;
}

/** Four significant digits are more than a search distinguishes, and can be read. */
function numberFrom({ from, to, log, whole }: RangeAxis, random: Random): string {
  // A whole number stands for all that round to it, so that both ends come as often as those between.
  const [low, high] = whole ? [from - 0.5, to + 0.5] : [from, to];
  const u = random.uniform();
  const value = log ? Math.exp(Math.log(low) + u * Math.log(high / low)) : low + u * (high - low);
  const rounded = whole ? Math.round(value) : Number(value.toPrecision(4));
  return String(Math.min(to, Math.max(from, rounded)));
}

/** A run's choices in a line: `lr 0.004, hidden 128`. */
export function choicesInWords(choices: PlannedRun['choices']): string {
  const words = Object.entries(choices).map(([option, value]) => `${option} ${value}`);
  return words.length === 0 ? 'as given' : words.join(', ');
}
