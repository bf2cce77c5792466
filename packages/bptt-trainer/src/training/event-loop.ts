/** Longest stretch without letting timers, signals and the page have their turn, in milliseconds. */
const longestStretch = 30;

/**
 * A function to be awaited between steps: every now and then it lets the event loop turn. Awaiting a model that computes
 * at once does not: without this Ctrl-C would never be heard, and a page would freeze.
 */
export function eventLoopTurn(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longestStretch) return;
    await nextTask();
    last = performance.now();
  };
}

/** Sooner than setTimeout, which browsers delay to 4 ms and Node to 1 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
