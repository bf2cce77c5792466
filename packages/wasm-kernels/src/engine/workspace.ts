import type { Engine } from './engine.js';

/** Tensors that live and end together. */
export class Workspace {
  readonly #engine: Engine;
  #views: (Float32Array | Int32Array)[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Zeros. */
  float32(length: number): Float32Array {
    const view = this.#engine.allocate(length);
    this.#views.push(view);
    return view;
  }

  /** Zeros. */
  int32(length: number): Int32Array {
    const view = this.#engine.allocateInt32(length);
    this.#views.push(view);
    return view;
  }

  free(): void {
    for (const view of this.#views) this.#engine.free(view);
    this.#views = [];
  }
}
