import { type Engine, runningEngine } from '@throughtime/wasm-kernels';
import type { Allocator } from '../parameters/parameter.js';

interface Held {
  readonly engine: Engine;
  /** The same memory as the array that was handed out, without keeping that one alive. */
  readonly memory: Float32Array;
}

const abandoned = new FinalizationRegistry<Held>(({ engine, memory }) => engine.free(memory));

/**
 * The garbage collector does not see engine memory, so it would see no reason to run. An ordinary buffer of the same size,
 * kept as long as the array, gives it one. Nothing is ever written there, so the buffer takes address space only.
 */
const weights = new WeakMap<Float32Array, ArrayBuffer>();

/**
 * Arrays in an engine's memory that behave as ordinary ones: garbage collection gives their memory back once the array
 * object itself cannot be reached. A `subarray` does not keep it: hold on to the array, or to the `Parameter` that has it.
 */
export class EngineAllocator implements Allocator {
  readonly engine: Engine;

  /** @throws ArgumentError */
  constructor(engine: Engine) {
    this.engine = runningEngine('engine', engine);
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

  /** Gives an array's memory back at once. The array must not be used again; freeing it twice does nothing. */
  free(array: Float32Array): void {
    weights.delete(array);
    if (abandoned.unregister(array)) this.engine.free(array);
  }
}
