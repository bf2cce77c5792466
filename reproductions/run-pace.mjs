// How long training would have taken undisturbed: other programs on the machine lengthen most updates, but not all of them.
import { performance } from 'node:perf_hooks';

/** The tenth fastest of a hundred updates counts as undisturbed: on an idle machine it is within a few per cent of the mean. */
const undisturbed = 0.1;

/** Times the updates of one run; leave validation and saving out by calling `resume` after them. */
export class RunPace {
  /** @type {number[]} */
  #seconds = [];
  #since = 0;
  #now;

  /** @param {() => number} [now] a clock in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.resume();
  }

  /** The time since the last update was no training. */
  resume() {
    this.#since = this.#now();
  }

  /** An update is done. */
  update() {
    const now = this.#now();
    this.#seconds.push((now - this.#since) / 1000);
    this.#since = now;
  }

  /** Seconds that the updates took by the clock. */
  get seconds() {
    return this.#seconds.reduce((sum, value) => sum + value, 0);
  }

  /**
   * Seconds that a number of updates takes when nothing else runs; NaN before the first.
   * @param {number} [updates] default: those there were
   */
  undisturbedSeconds(updates = this.#seconds.length) {
    const sorted = Float64Array.from(this.#seconds).sort();
    return updates * (sorted[Math.floor((sorted.length - 1) * undisturbed)] ?? Number.NaN);
  }
}
