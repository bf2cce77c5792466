import {
  boolean,
  type Check,
  checkOptions,
  type OptionChecks,
  oneOf,
  whole,
  withMethods,
} from '@throughtime/errors';
import { bestSimd, type Simd } from './binary.js';
import { EngineError, EngineMemoryError } from './errors.js';
import { EngineMemory } from './memory.js';
import { compileModule, engineBinary, hasWideVectors } from './module.js';
import { availableCores, canUseThreads } from './platform.js';
import { Program } from './program.js';
import { ThreadPool } from './thread-pool.js';

const MOST_THREADS = 64;

/** Which variant runs, and with how many threads and how much memory. */
export interface EngineOptions {
  /** Threads, the calling one included. Default: one per core, at most 64; 1 where threads cannot be used. */
  readonly threads?: number;
  /** Default: relaxed where the platform has it: it is a fifth faster. */
  readonly simd?: Simd;
  /** Default: shared wherever threads can be used. With memory that is not shared, there is one thread and a fixed size. */
  readonly sharedMemory?: boolean;
  /**
   * Kernels for vectors of 256 bits, with the same bits; with vectors of 128 bits they are slower. Default: whether `useWideVectors()` of
   * `@throughtime/wasm-kernels/node` was awaited.
   */
  readonly wideVectors?: boolean;
}

const threadCount = whole({ from: 1, to: MOST_THREADS });

const engineChecks: OptionChecks<EngineOptions> = {
  threads: threadCount,
  simd: oneOf(['relaxed', 'plain']),
  sharedMemory: boolean,
  wideVectors: boolean,
};

/**
 * Memory and threads. Every kernel is a call that returns when its work is done. Tensors are views from `allocate`, and kernels
 * work on them in place. Results do not depend on the number of threads.
 *
 * A page's own thread may not wait, so the engine has one thread there. Use the engine in a Web Worker, on a cross-origin isolated
 * page. Web Workers start only once the calling thread has been idle for a moment (`await engine.ready()`); until then the
 * calling thread does all the work.
 */
export class Engine {
  /** The variant of the WebAssembly that runs. */
  readonly simd: Simd;
  /** Whether more than one thread can be used. */
  readonly threaded: boolean;
  readonly #memory: EngineMemory;
  readonly #pool: ThreadPool;

  /**
   * @throws ArgumentError; EngineError, EngineMemoryError where the engine cannot run; EngineNotLoadedError in a browser before
   * `loadEngine()` was awaited
   */
  constructor(options: EngineOptions = {}) {
    checkOptions<EngineOptions>(options, engineChecks);
    this.simd = options.simd ?? bestSimd();
    const binary = engineBinary(this.simd);
    this.#memory = new EngineMemory({ shared: options.sharedMemory ?? canUseThreads() });
    const { shared } = this.#memory;
    this.threaded = shared && canUseThreads();
    const wide = options.wideVectors ?? hasWideVectors();
    this.#pool = new ThreadPool(this.#memory, compileModule(binary, { simd: this.simd, shared }), { wide });
    this.setThreads(options.threads ?? Math.min(availableCores(), MOST_THREADS));
  }

  /** Threads, the calling one included. */
  get threads(): number {
    return this.#pool.threads;
  }

  /**
   * Changes the number of threads. Where threads cannot be used there is 1, and where no more can be started there are fewer
   * than asked for. More threads than cores gain nothing.
   * @throws ArgumentError when `threads` is not a whole number from 1 to 64
   */
  setThreads(threads: number): void {
    threadCount('threads', threads);
    this.#pool.resize(this.threaded ? threads : 1);
  }

  /** Resolves when every worker takes part. You need not wait for it. */
  ready(): Promise<void> {
    return this.#pool.ready();
  }

  /** A tensor of `length` zeros. It stays valid until it is freed. */
  allocate(length: number): Float32Array {
    return this.#memory.float32(length);
  }

  /** As `allocate`, for token ids, targets and lengths. */
  allocateInt32(length: number): Int32Array {
    return this.#memory.int32(length);
  }

  /**
   * Gives back the memory of a tensor from `allocate` or `allocateInt32`. Views of it must not be used again.
   * @throws ArgumentError when it is not in this engine's memory
   * @throws EngineMemoryError when it was freed before
   */
  free(view: Float32Array | Int32Array): void {
    this.#memory.free(view);
  }

  /**
   * Returns what `make` returns. When `make` throws, gives back everything that it allocated. Use it to allocate several tensors,
   * of which the last may be refused.
   */
  allOrNothing<T>(make: () => T): T {
    return this.#memory.allOrNothing(make);
  }

  /** Whether kernels of this engine can work on `view`. */
  contains(view: Float32Array | Int32Array): boolean {
    return this.#memory.contains(view);
  }

  /** Bytes in use and reserved. */
  memoryUsage(): { readonly used: number; readonly reserved: number } {
    return { used: this.#memory.usedBytes, reserved: this.#memory.reservedBytes };
  }

  /** The memory itself, for kernels. */
  get memory(): EngineMemory {
    return this.#memory;
  }

  /** An empty program, for kernels. */
  program(): Program {
    return new Program(this.#memory, (address, threads) => {
      this.#pool.run(address, threads ?? this.#pool.threads);
    });
  }

  /** Ends the workers. No kernel runs afterwards; what is in memory can still be read. */
  dispose(): void {
    this.#pool.dispose();
  }
}

/** The check of an argument that must be an {@link Engine}. */
export const runningEngine: Check<Engine> = withMethods<Engine>('an Engine, such as defaultEngine()', [
  'allocate',
  'program',
  'contains',
]);

let shared: Engine | undefined;

/**
 * The engine that everything uses by default, created at the first call.
 * @throws as `new Engine()`
 */
export function defaultEngine(): Engine {
  shared ??= new Engine();
  return shared;
}

/**
 * The engine that all share, or undefined where it cannot run: without WebAssembly's vectors and threads, or without memory for it.
 * The one answer to "does the engine run here".
 * @throws EngineNotLoadedError in a browser before `loadEngine()` was awaited
 */
export function engineOrUndefined(): Engine | undefined {
  try {
    return defaultEngine();
  } catch (error) {
    if (error instanceof EngineError || error instanceof EngineMemoryError) return undefined;
    throw error;
  }
}

/** Threads of the default engine. */
export function setThreads(threads: number): void {
  defaultEngine().setThreads(threads);
}
