import type { Engine } from '@throughtime/wasm-kernels';
import type { Allocator } from '../parameter.js';

interface Held {
  readonly engine: Engine;
  /** The same memory as the array that was handed out, without keeping that one alive. */
  readonly memory: Float32Array;
}

const abandoned = new FinalizationRegistry<Held>(({ engine, memory }) => engine.free(memory));

/**
 * Engine memory is invisible to the garbage collector, which would see no reason to run. An ordinary buffer of the same
 * size, kept as long as the array is, tells it; nothing is ever written there, so that it takes address space only.
 */
const weights = new WeakMap<Float32Array, ArrayBuffer>();

/**
 * Arrays in an engine's memory that behave as ordinary ones: garbage collection gives their memory back once the array
 * object itself cannot be reached. (A `subarray` does not keep it: hold on to the array, or to the `Parameter` that has it.)
 */
export class EngineAllocator implements Allocator {
  readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /**
   * `length` zeros.
   * @throws EngineMemoryError
   */
  float32(length: number): Float32Array {
    const array = this.engine.allocate(length);
    abandoned.register(array, { engine: this.engine, memory: array.subarray() }, array);
    weights.set(array, new ArrayBuffer(array.byteLength));
    return array;
  }

  /** Gives an array's memory back at once; it must not be used again. Nothing happens when that was done before. */
  free(array: Float32Array): void {
    weights.delete(array);
    if (abandoned.unregister(array)) this.engine.free(array);
  }
}
