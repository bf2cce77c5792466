/**
 * A signal that is aborted with `signal`, or after so many seconds. (Node 20 may collect an `AbortSignal.timeout` that is only
 * held by `AbortSignal.any`, which then never fires.)
 * @param seconds undefined: no limit
 */
export function withTimeLimit(signal: AbortSignal, seconds: number | undefined): AbortSignal {
  if (seconds === undefined) return signal;
  const controller = new AbortController();
  const stop = () => controller.abort();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  // The work keeps the process alive, not its limit.
  setTimeout(stop, seconds * 1000).unref();
  return controller.signal;
}
