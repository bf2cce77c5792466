/** Time spent training, which gives the time left. Time in which the consumer of the events works does not count. */
export class TrainingClock {
  /** Seconds since the run began or was resumed. */
  #total = 0;
  #progressAtStart: number | undefined;
  #started = 0;

  /** @param progress fraction of the run that is done */
  start(progress: number): void {
    this.#progressAtStart ??= progress;
    this.#started = performance.now();
  }

  /** @returns the seconds since {@link start} */
  stop(): number {
    const passed = (performance.now() - this.#started) / 1000;
    this.#total += passed;
    return passed;
  }

  /** Seconds left, if the rest takes as long as what was done since the start; infinite before anything was done. */
  timeLeft(progress: number): number {
    const done = progress - (this.#progressAtStart ?? 0);
    return done > 0 ? (this.#total * (1 - progress)) / done : Number.POSITIVE_INFINITY;
  }
}
