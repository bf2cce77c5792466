import { exitCode } from './program.js';

/**
 * Runs work that Ctrl-C (SIGINT) or SIGTERM asks to stop: the first signal aborts `signal`, so that the work can save and
 * return, and the process then exits with 130; a second one ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    process.exitCode = exitCode.interrupted;
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
