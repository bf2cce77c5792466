/** Lets work through while it is open; closed, the work waits. */
export class Gate {
  #opened: Promise<void> | undefined;
  #open = () => {};

  close(): void {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
    this.#opened = undefined;
  }

  /** Resolves once it is open. */
  async pass(): Promise<void> {
    await this.#opened;
  }
}
