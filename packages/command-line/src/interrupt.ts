import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reporter } from './reporter.js';

/** The signals that ask a program to end, and what a shell reports of one that they ended. */
export const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type SignalName = keyof typeof signalCodes;

const signalNames = Object.keys(signalCodes) as SignalName[];

/** The work in progress that can be asked to stop; the last is the innermost. */
const works: Interruption[] = [];

class Interruption {
  readonly #controller = new AbortController();
  readonly #handlers = signalNames.map((name) => [name, () => this.#heard(name)] as const);
  #listens = false;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    for (const [name, handler] of this.#handlers) process.on(name, handler);
  }

  /** The system's own handling comes back: a signal ends the process. */
  unlisten(): void {
    this.#listens = false;
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }

  stop(code: number): void {
    process.exitCode = code;
    this.#controller.abort();
  }

  #heard(name: SignalName): void {
    if (this.signal.aborted) process.exit(signalCodes[name]);
    this.stop(signalCodes[name]);
  }
}

/**
 * Says that work was asked to stop, and has: a note, and under --json the last line, as at any other end, with the reason 'interrupted'.
 * @param fields what more that line holds
 */
export function reportInterrupted(
  reporter: Reporter,
  note: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  reporter.note(note);
  reporter.event('done', { reason: 'interrupted', ...fields });
}

/**
 * Runs work that Ctrl-C (SIGINT), SIGTERM or SIGHUP (the terminal was closed) asks to stop. The first signal aborts `signal`, so that the
 * work can save and return, and the process then exits with 130, 143 or 129. A second one ends the process at once.
 *
 * A signal is heard only when the event loop turns: see {@link endingAtOnce} for work that does not let it.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new Interruption();
  works.push(interruption);
  interruption.listen();
  try {
    return await work(interruption.signal);
  } finally {
    interruption.unlisten();
    works.splice(works.indexOf(interruption), 1);
  }
}

/**
 * Within {@link interruptible}: runs work of which nothing could be saved (counting, tokenizing, reading a model), however
 * long it keeps the event loop from turning. A signal ends the process at once, as it ends a program that does not handle it;
 * shells report the same codes.
 * @throws the signal's reason, when one came before the work began; what the work throws
 */
export async function endingAtOnce<T>(work: () => T | Promise<T>): Promise<T> {
  // A signal that has come already is heard now, not lost with its handler.
  await nextTurn();
  for (const { signal } of works) signal.throwIfAborted();
  for (const one of works) one.unlisten();
  try {
    return await work();
  } finally {
    for (const one of works) one.listen();
  }
}

/**
 * Asks the work in progress to save and end, for another reason than a signal.
 * @param code what the process exits with
 */
export function stopWork(code: number): void {
  for (const one of works) if (!one.signal.aborted) one.stop(code);
}

/** Whether the work in progress was asked to stop, so that what it throws is no news. */
export function wasStopped(error: unknown): boolean {
  return Boolean(process.exitCode) && (error as Error | undefined)?.name === 'AbortError';
}
