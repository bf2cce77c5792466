/** Time spent training, from which pace and time left follow. Time between updates, where events are consumed, does not count. */
export class EpochClock {
  /** Of the epoch so far. */
  seconds = 0;
  /** Since the run began or was resumed. */
  #total = 0;
  #progressAtStart: number | undefined;
  #started = 0;

  start(progress: number): void {
    this.#progressAtStart ??= progress;
    this.#started = performance.now();
  }

  stop(): void {
    const passed = (performance.now() - this.#started) / 1000;
    this.seconds += passed;
    this.#total += passed;
  }

  /** Seconds, if the rest goes as what was done since the start; infinite before anything was done. */
  timeLeft(progress: number): number {
    const done = progress - (this.#progressAtStart ?? 0);
    return done > 0 ? (this.#total * (1 - progress)) / done : Number.POSITIVE_INFINITY;
  }
}
