import type { PlannedRun } from './plan.js';
import { type RunOptions, runOne } from './run-process.js';
import type { RunResult } from './sweep-files.js';
import type { SweepTarget } from './target.js';

/**
 * Runs what is left of a sweep, some runs at a time. A run that fails leaves the others alone.
 * @param onResult hears of each run that has ended
 * @throws what runs throw beyond their own failure (a full disk, say), when those in progress have been asked to end and have
 */
export async function runAll(
  runs: readonly PlannedRun[],
  target: SweepTarget,
  {
    processes,
    onResult,
    ...options
  }: RunOptions & { readonly processes: number; readonly onResult: (result: RunResult) => void },
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const waiting = [...runs];
  const worker = async () => {
    for (let run = waiting.shift(); run && !signal.aborted; run = waiting.shift()) {
      const result = await runOne(run, target, { ...options, signal });
      if (result) onResult(result);
    }
  };
  const workers = Array.from({ length: Math.min(processes, runs.length) }, () =>
    worker().catch((error: unknown) => {
      stop.abort();
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
