/**
 * Joins the chunks of a text and cuts it again where it may be cut: what `push` gives back, one after the other, and `end`
 * are the whole text.
 */
export class ChunkCutter {
  readonly #splitPoint: (text: string) => number;
  #held = '';
  /** Below this length looking for a place to cut again is not worth it. */
  #worthTrying = 0;

  /** @param splitPoint as `Tokenizer.splitPoint` */
  constructor(splitPoint: (text: string) => number) {
    this.#splitPoint = splitPoint;
  }

  /** The text that can be dealt with now; may be empty. */
  push(chunk: string): string {
    const text = this.#held + chunk;
    if (text.length < this.#worthTrying) {
      this.#held = text;
      return '';
    }
    const point = this.#splitPoint(text);
    // Where there is no place to cut, twice the text before the next look: linear in all.
    this.#worthTrying = point === 0 ? text.length * 2 : 0;
    this.#held = text.slice(point);
    return text.slice(0, point);
  }

  /** The rest of the text. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    this.#worthTrying = 0;
    return rest;
  }
}
