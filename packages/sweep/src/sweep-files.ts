// What a sweep keeps in its folder: sweep.json, the plan; and for each run a folder runs/0001 with what it wrote (`model`), its JSON lines
// (`events.jsonl`) and, once it has ended, `result.json`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ArgumentError,
  list,
  nonEmptyText,
  number,
  record,
  required,
  SavedFormat,
  ThroughtimeError,
  text,
  whole,
  withExpected,
  withFields,
} from '@throughtime/errors';
import { replaceFile } from '@throughtime/platform/node';
import { parseAxis } from './axis.js';
import type { PlannedRun, SweepPlan } from './plan.js';

/** How a run ended. */
export interface RunResult {
  readonly number: number;
  readonly choices: PlannedRun['choices'];
  /** Of the process that ended it; what was computed before an interruption is not in it. */
  readonly seconds: number;
  /** What its score is, in words. Left out of a run that failed. */
  readonly measure?: string;
  /** Lower is better. */
  readonly score?: number;
  /** What else is worth a column, by name. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Why it failed, in a line. */
  readonly error?: string;
}

/** A file of a sweep that cannot be read: damaged, of another sweep, or of a later version. */
export class SweepFileError extends ThroughtimeError {
  override name = 'SweepFileError';
}

const axis = withExpected<string>('an option and its values', (argument, value) => {
  const written = text(argument, value);
  try {
    parseAxis(written);
  } catch (cause) {
    throw new ArgumentError(argument, 'an option and its values', value, { cause });
  }
  return written;
});

const planFormat = new SavedFormat(
  'throughtime-sweep',
  record<SweepPlan>({
    command: required(nonEmptyText),
    args: required(list(text)),
    vary: required(list(axis, { length: { from: 1 } })),
    random: record<NonNullable<SweepPlan['random']>>({
      runs: required(whole({ from: 1 })),
      seed: required(whole()),
    }),
  }),
);

const resultFormat = new SavedFormat(
  'throughtime-sweep-run',
  record<RunResult>({
    number: required(whole({ from: 1 })),
    choices: required(withFields<RunResult['choices']>({})),
    seconds: required(number({ from: 0 })),
    measure: text,
    score: number(),
    figures: withFields<NonNullable<RunResult['figures']>>({}),
    error: text,
  }),
);

export const planName = 'sweep.json';

/** The folder of a run within the sweep's. */
export function runFolder(out: string, number: number): string {
  return join(out, 'runs', String(number).padStart(4, '0'));
}

/** What a run's own command writes into. */
export function modelFolder(out: string, number: number): string {
  return join(runFolder(out, number), 'model');
}

export function eventsFile(out: string, number: number): string {
  return join(runFolder(out, number), 'events.jsonl');
}

export async function writePlan(out: string, plan: SweepPlan): Promise<void> {
  await replaceFile(join(out, planName), asText(planFormat.header, plan));
}

/** @returns undefined where the folder holds no sweep. @throws SweepFileError */
export async function readPlan(out: string): Promise<SweepPlan | undefined> {
  return readSaved(join(out, planName), planFormat);
}

export async function writeResult(out: string, result: RunResult): Promise<void> {
  const file = join(runFolder(out, result.number), 'result.json');
  await replaceFile(file, asText(resultFormat.header, result));
}

/**
 * @returns undefined where the run has not ended
 * @throws SweepFileError, also when it is the result of other choices
 */
export async function readResult(
  out: string,
  { number: run, choices }: PlannedRun,
): Promise<RunResult | undefined> {
  const file = join(runFolder(out, run), 'result.json');
  const result = await readSaved(file, resultFormat);
  if (result === undefined) return undefined;
  if (result.number !== run || !isSame(result.choices, choices))
    throw new SweepFileError(`${file}: expected the result of run ${run} of this sweep, got another's`);
  return result;
}

/** Whether two parts of plans are the same, whatever the order of their fields. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}

function asText(header: object, content: object): string {
  return `${JSON.stringify({ ...header, ...content }, undefined, 2)}\n`;
}

async function readSaved<T>(file: string, format: SavedFormat<T>): Promise<T | undefined> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    return format.read(content).value;
  } catch (cause) {
    if (!(cause instanceof ArgumentError)) throw cause;
    throw new SweepFileError(`${file}: ${cause.message}`, { cause });
  }
}
