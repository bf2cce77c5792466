/** Work of which only the latest request counts. */
export interface LatestOnly<A> {
  request(argument: A): void;
  /** Resolves when nothing runs and nothing waits. */
  settled(): Promise<void>;
}

/** Runs `work` for one request at a time; of those that come meanwhile, only the last is run. `work` must not throw. */
export function latestOnly<A>(work: (argument: A) => Promise<void>): LatestOnly<A> {
  let waiting: { readonly argument: A } | undefined;
  let running: Promise<void> | undefined;
  const run = async () => {
    while (waiting !== undefined) {
      const { argument } = waiting;
      waiting = undefined;
      await work(argument);
    }
    running = undefined;
  };
  return {
    request(argument) {
      waiting = { argument };
      running ??= run();
    },
    settled: async () => running,
  };
}
