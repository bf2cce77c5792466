/**
 * Says things to screen readers through a live region, the latest of them at most every few seconds: a running
 * training would otherwise talk without end.
 */
export class Announcer {
  readonly #region: HTMLElement;
  readonly #interval: number;
  #waiting: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param region an element with `aria-live="polite"`
   * @param interval milliseconds between two announcements; 5,000 by default, about what a sentence takes to be read
   */
  constructor(region: HTMLElement, interval = 5000) {
    this.#region = region;
    this.#interval = interval;
  }

  /** Said when the one before has had its time; a newer one takes its place. */
  say(text: string): void {
    this.#waiting = text;
    if (this.#timer === undefined) this.#speak();
  }

  /** Said at once: what someone did, or what went wrong. */
  sayNow(text: string): void {
    clearTimeout(this.#timer);
    this.#waiting = text;
    this.#speak();
  }

  #speak(): void {
    this.#timer = undefined;
    if (this.#waiting === undefined) return;
    this.#region.textContent = this.#waiting;
    this.#waiting = undefined;
    this.#timer = setTimeout(() => this.#speak(), this.#interval);
  }
}
