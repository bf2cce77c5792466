import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { endsWithParent } from '@throughtime/command-line';
import { FolderLockedError, lockFolder, makeFolder } from '@throughtime/platform/node';
import type { PlannedRun } from './plan.js';
import { argumentsOf } from './run-arguments.js';
import { eventsFile, modelFolder, type RunResult, runFolder, writeResult } from './sweep-files.js';
import type { DoneEvent, SweepTarget } from './target.js';

export interface RunOptions {
  /** The sweep's folder. */
  readonly out: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** Of a run whose command has the option and was not given it. Default: the command's own. */
  readonly threads?: number;
}

/** Exit codes of a command that was asked to end and has saved: signals, and a closed pipe. */
const interruptedCodes: readonly (number | null)[] = [129, 130, 141, 143];

/** How long a process of a sweep that was killed may take to save. */
const patience = { seconds: 60, step: 0.1 };

/**
 * Runs one run of a sweep in a process of its own, to its end; one that was interrupted continues where it was.
 * @returns its result, which is saved; undefined when it was asked to end first
 * @throws FolderLockedError when another process has the run in hand
 */
export async function runOne(
  run: PlannedRun,
  target: SweepTarget,
  { out, args, signal, threads }: RunOptions,
): Promise<RunResult | undefined> {
  await makeFolder(runFolder(out, run.number));
  const lock = await lockFolder(runFolder(out, run.number));
  try {
    const model = modelFolder(out, run.number);
    const isThere = await access(model).then(
      () => true,
      () => false,
    );
    if (isThere) await untilFree(model, signal);
    const continued = isThere ? ((await target.continuation?.(model)) ?? []) : [];
    if (signal.aborted) return undefined;
    const started = performance.now();
    const ended = await runProcess(
      [
        ...[target.entry ?? process.argv[1], target.command().name()],
        ...argumentsOf(run, args, target, threads),
        ...['--out', model, ...continued, '--json'],
      ],
      eventsFile(out, run.number),
      { signal, append: continued.length > 0 },
    );
    if (interruptedCodes.includes(ended.code) && signal.aborted) return undefined;
    const { number, choices } = run;
    const seconds = Math.round(performance.now() - started) / 1000;
    const result = { number, choices, seconds, ...outcome(ended, target) };
    await writeResult(out, result);
    return result;
  } finally {
    await lock.release();
  }
}

/** A process of a sweep that was killed hears of it, and saves. */
async function untilFree(folder: string, signal: AbortSignal): Promise<void> {
  const last = performance.now() + 1000 * patience.seconds;
  for (;;) {
    try {
      const lock = await lockFolder(folder);
      return await lock.release();
    } catch (error) {
      if (!(error instanceof FolderLockedError) || signal.aborted || performance.now() > last) throw error;
      await wait(1000 * patience.step);
    }
  }
}

interface Ended {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly done: DoneEvent | undefined;
  readonly stderr: string;
}

function outcome(
  { code, killedBy, done, stderr }: Ended,
  target: SweepTarget,
): Pick<RunResult, 'measure' | 'score' | 'figures' | 'error'> {
  if (code !== 0) {
    const own = `${target.program}: `;
    const lines = stderr.trimEnd().split('\n');
    // The command's own complaint, else what Node says of an error that nobody caught, else the last words.
    const told =
      lines.findLast((line) => line.startsWith(own)) ??
      lines.find((line) => /^\w*Error\b/.test(line)) ??
      lines[lines.length - 1];
    const problem = killedBy === null ? `exit code ${code}` : `ended by ${killedBy}`;
    return { error: told === '' ? problem : told.replace(own, '') };
  }
  const score = done && target.score(done);
  if (score === undefined) return { error: 'ended without a score' };
  const { measure, value, figures } = score;
  if (!Number.isFinite(value)) return { error: `${measure}: expected a finite number, got ${value}` };
  return { measure, score: value, ...(figures && { figures }) };
}

/** Ends with this process, however that ends: it hears of the channel that closes. */
async function runProcess(
  command: readonly string[],
  events: string,
  { signal, append }: { readonly signal: AbortSignal; readonly append: boolean },
): Promise<Ended> {
  if (!append) await rm(events, { force: true });
  const log = createWriteStream(events, { flags: 'a' });
  const logged = finished(log);
  const child = spawn(process.execPath, [...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, [endsWithParent]: '1' },
  });
  const stop = () => child.connected && child.disconnect();
  signal.addEventListener('abort', stop);
  // Where its events cannot be kept (a full disk, say) it is asked to end; the error is thrown below.
  logged.catch(stop);
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-10_000);
  });
  let done: DoneEvent | undefined;
  const lines = createInterface({ input: child.stdout! }).on('line', (line) => {
    log.write(`${line}\n`);
    if (line.startsWith('{"event":"done"')) done = doneEvent(line);
  });
  const isRead = Promise.all([
    new Promise((resolve) => lines.on('close', resolve)),
    new Promise((resolve) => child.stderr!.on('close', resolve)),
  ]);
  try {
    const [code, killedBy] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', reject);
      // Not 'close', which does not come where we closed the channel.
      child.on('exit', (...ended) => resolve(ended));
    });
    await isRead;
    return { code, killedBy, done, stderr };
  } finally {
    signal.removeEventListener('abort', stop);
    log.end();
    await logged;
  }
}

/** @returns undefined for a line that its process did not live to write whole */
function doneEvent(line: string): DoneEvent | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
