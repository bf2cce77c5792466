/** Work between two pauses, in milliseconds: about one frame of a display. */
const workFor = 12;

/**
 * Lets timers, signals and rendering run now and then in the middle of long synchronous work: returns a function to await
 * once per item, which pauses when enough time has passed.
 */
export function pauser(): () => Promise<void> | undefined {
  let resumed = performance.now();
  return () => {
    if (performance.now() - resumed < workFor) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        resumed = performance.now();
        resolve();
      }, 0);
    });
  };
}
