import { requireText } from '../require-text.js';

/**
 * Joins the chunks of a text and cuts it again, only where it may be cut. The results of `push`, in order, and of `end` are
 * the whole text.
 */
export class ChunkCutter {
  readonly #splitPoint: (text: string) => number;
  #held = '';
  /** Length below which we do not look for a place to cut again. */
  #worthTrying = 0;

  /** @param splitPoint as `Tokenizer.splitPoint` */
  constructor(splitPoint: (text: string) => number) {
    this.#splitPoint = splitPoint;
  }

  /** The text that is complete; may be empty. @throws ArgumentError when the chunk is no string, such as bytes of a file */
  push(chunk: string): string {
    requireText(chunk, 'chunk');
    const text = this.#held + chunk;
    if (text.length < this.#worthTrying) {
      this.#held = text;
      return '';
    }
    const point = this.#splitPoint(text);
    // No place to cut: look again at twice the length, so that the time stays linear.
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

/** What is done with a text that comes in chunks: results after each chunk, and those of what was held back. */
export interface ChunkStage<I, O> {
  push(chunk: I): Iterable<O>;
  end(): Iterable<O>;
}

/** A stage for text that must be cut where `splitPoint` allows it. */
export function cutStage<O>(
  splitPoint: (text: string) => number,
  use: (text: string, isLast: boolean) => Iterable<O>,
): ChunkStage<string, O> {
  const cutter = new ChunkCutter(splitPoint);
  return { push: (chunk) => use(cutter.push(chunk), false), end: () => use(cutter.end(), true) };
}

/** The results of a stage for all chunks, in order. */
export function* throughStage<I, O>(
  chunks: Iterable<I>,
  stage: ChunkStage<I, O>,
): Generator<O, void, undefined> {
  for (const chunk of chunks) yield* stage.push(chunk);
  yield* stage.end();
}

/** {@link throughStage} for a source that is waited for. */
export async function* streamThroughStage<I, O>(
  chunks: AsyncIterable<I>,
  stage: ChunkStage<I, O>,
): AsyncGenerator<O, void, undefined> {
  for await (const chunk of chunks) yield* stage.push(chunk);
  yield* stage.end();
}
