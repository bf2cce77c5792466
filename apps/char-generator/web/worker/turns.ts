/** Milliseconds of work before others get their turn. */
const longestStretch = 15;

/** A function to be awaited within long work: every now and then it lets messages and training have their turn. */
export function turns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longestStretch) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
