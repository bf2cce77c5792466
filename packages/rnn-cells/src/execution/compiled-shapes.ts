import type { Engine } from '@throughtime/wasm-kernels';

/** A network compiled for one shape of batch: a program and its buffers in the engine's memory. */
interface Compiled {
  free(): void;
}

interface Kept<Shape, C> {
  readonly shape: Shape;
  readonly compiled: C;
  /** Of the engine's memory. */
  readonly bytes: number;
}

/** Bytes of buffers that stay when a shape comes that none of them are for. 256 MiB: all of a small model's, none of a large one's. */
const mostBytes = 2 ** 28;

/** Frees the buffers of owners that were garbage collected. */
const abandoned = new FinalizationRegistry<Map<string, Kept<unknown, Compiled>>>((kept) => {
  for (const { compiled } of kept.values()) compiled.free();
});

/**
 * What one network was compiled for: buffers are allocated for the shape of a batch when it first comes, and those of the shapes used
 * last are kept, up to a number and a size. Their memory goes back when this object is garbage collected.
 *
 * @typeParam Shape a record of numbers and booleans
 */
export class CompiledShapes<Shape extends object, C extends Compiled> {
  readonly #engine: Engine;
  readonly #compile: (shape: Shape) => C;
  readonly #most: number;
  /** The one used last is at the end. */
  readonly #kept = new Map<string, Kept<Shape, C>>();

  /** @param options.most how many shapes keep their buffers */
  constructor(engine: Engine, options: { readonly most: number }, compile: (shape: Shape) => C) {
    this.#engine = engine;
    this.#most = options.most;
    this.#compile = compile;
    abandoned.register(this, this.#kept);
  }

  /**
   * Does `work` in the buffers for a shape. A program is made when it first runs: if memory is refused then, all that was taken is
   * given back, and the next call may ask for less.
   * @throws EngineMemoryError
   */
  run<R>(shape: Shape, work: (compiled: C) => R): R {
    const key = Object.entries(shape).join(' ');
    const kept = this.#kept.get(key);
    if (!kept) this.#freeUntil(() => this.#bytes <= mostBytes);
    const { result, ...made } = kept ? { ...kept, result: work(kept.compiled) } : this.#make(shape, work);
    this.#kept.delete(key);
    this.#kept.set(key, made);
    this.#freeUntil(() => this.#kept.size <= this.#most);
    return result;
  }

  #make<R>(shape: Shape, work: (compiled: C) => R): Kept<Shape, C> & { readonly result: R } {
    const before = this.#engine.memoryUsage().used;
    return this.#engine.allOrNothing(() => {
      const compiled = this.#compile(shape);
      const result = work(compiled);
      return { shape, compiled, bytes: this.#engine.memoryUsage().used - before, result };
    });
  }

  get #bytes(): number {
    return [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Frees what was unused for longest, until `enough` holds. */
  #freeUntil(enough: () => boolean): void {
    while (!enough()) {
      const [[oldest, { compiled }]] = this.#kept;
      this.#kept.delete(oldest);
      compiled.free();
    }
  }

  /** A kept shape for which `fits` holds, the one unused for longest first. */
  find(fits: (shape: Shape) => boolean): Shape | undefined {
    for (const { shape } of this.#kept.values()) if (fits(shape)) return shape;
    return undefined;
  }
}
