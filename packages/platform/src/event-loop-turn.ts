/** Longest stretch of work between two turns, in milliseconds: two frames of a display. */
const defaultStretch = 30;

/**
 * A function to be called (and awaited) within long synchronous work: it lets the event loop turn whenever enough time has
 * passed, so that timers, signals, messages and the page have their turn. Awaiting a promise that is settled does not do that:
 * without this, Ctrl-C would never be heard and a page would freeze.
 *
 *     const turn = eventLoopTurn();
 *     for (const item of items) {
 *       work(item);
 *       await turn();
 *     }
 *
 * @param stretch longest work between two turns, in milliseconds. Default 30; 12 or so where a page shows each result
 */
export function eventLoopTurn(stretch = defaultStretch): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < stretch) return undefined;
    return nextTask().then(() => {
      last = performance.now();
    });
  };
}

/** A task of its own, sooner than setTimeout, which browsers delay to 4 ms and Node to 1 ms. */
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
