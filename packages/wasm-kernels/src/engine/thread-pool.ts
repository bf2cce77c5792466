import { CONTROL } from '../generated/commands.js';
import { EngineError } from './errors.js';
import type { EngineMemory } from './memory.js';
import { startWorker, type WorkerHandle } from './platform.js';
import { WORKER_SOURCE, type WorkerTask } from './worker-source.js';

interface Exports {
  initialize(control: number, scratch: number, index: number): void;
  execute(program: number): number;
  readonly SCRATCH_BYTES: WebAssembly.Global;
  readonly HEAP_BASE: WebAssembly.Global;
}

/**
 * Number of 50 ms sleeps without a sign of life from any thread after which a thread counts as dead: a minute. A thread that
 * traps reports it at once; this limit is for a thread that something else ends within a program.
 */
const PATIENCE = 1200;

interface Member {
  readonly handle: WorkerHandle;
  /** Address of the word that asks the worker to end. */
  readonly stop: number;
}

/**
 * The calling thread and its workers. Nobody waits for a worker that has not taken a task. So while one is still starting, or
 * asleep, the others do more.
 */
export class ThreadPool {
  readonly #memory: EngineMemory;
  readonly #module: WebAssembly.Module;
  readonly #exports: Exports;
  readonly #scratch: number;
  readonly #wide: boolean;
  readonly #scratchBytes: number;
  #control = 0;
  #workers: Member[] = [];
  #failure: unknown;
  #disposed = false;

  constructor(memory: EngineMemory, module: WebAssembly.Module, { wide }: { readonly wide: boolean }) {
    this.#memory = memory;
    this.#wide = wide;
    this.#module = module;
    const instance = new WebAssembly.Instance(module, {
      env: { memory: memory.memory, now: () => performance.now() },
    });
    this.#exports = instance.exports as unknown as Exports;
    memory.startAt(this.#exports.HEAP_BASE.value as number);
    this.#scratchBytes = this.#exports.SCRATCH_BYTES.value as number;
    this.#scratch = memory.allocateBytes(this.#scratchBytes);
    this.#meet();
  }

  /** Threads in all, the calling one included. */
  get threads(): number {
    return this.#workers.length + 1;
  }

  /** Starts or ends workers. There may be fewer than asked for, where no more can be started. */
  resize(threads: number): void {
    while (this.#workers.length > threads - 1) this.#stop(this.#workers.length - 1);
    while (this.#workers.length < threads - 1 && this.#start());
  }

  /** Resolves when every worker takes part. */
  async ready(): Promise<void> {
    await Promise.all(this.#workers.map(({ handle }) => handle.ready()));
  }

  /**
   * Runs a program to its end.
   * @param threads the most threads to use
   * @throws EngineError when a thread failed; the program's results are then undefined
   */
  run(program: number, threads: number): void {
    if (this.#disposed) throw new EngineError('the engine is disposed');
    this.#store('participants', Math.min(threads, this.threads));
    this.#store('pages', this.#memory.pages);
    let done = false;
    let cause: unknown;
    try {
      done = this.#exports.execute(program) !== 0;
    } catch (error) {
      cause = error;
    }
    if (done && this.#load('failed') === 0) return;
    this.#restart(this.threads);
    throw new EngineError(`a kernel failed${cause ? `: ${String(cause)}` : ' in a worker thread'}`, {
      cause: cause ?? this.#failure,
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.resize(1);
  }

  /** Allocates a new control block, through which the threads meet. */
  #meet(): void {
    const bytes = Object.keys(CONTROL).length * 4;
    this.#control = this.#memory.allocateBytes(bytes);
    this.#memory.words.fill(0, this.#control / 4, (this.#control + bytes) / 4);
    this.#store('patience', PATIENCE);
    this.#store('wide', this.#wide ? 1 : 0);
    this.#exports.initialize(this.#control, this.#scratch, 0);
  }

  /** Starts a worker. Returns false when the platform refuses. */
  #start(): boolean {
    const scratch = this.#memory.allocateBytes(this.#scratchBytes + 4);
    const stop = scratch + this.#scratchBytes;
    Atomics.store(this.#memory.words, stop / 4, 0);
    const task: WorkerTask = {
      module: this.#module,
      memory: this.#memory.memory,
      control: this.#control,
      scratch,
      stop,
      index: this.#workers.length + 1,
    };
    const onEnd = (error: unknown) => {
      const index = this.#workers.findIndex((worker) => worker.stop === stop);
      if (index >= 0) {
        this.#failure = error;
        // It ended by itself between programs. The next programs use only the threads before it.
        this.#restart(index + 1);
      } // else we ended it
      this.#memory.releaseBytes(scratch);
    };
    try {
      this.#workers.push({ handle: startWorker(WORKER_SOURCE, task, onEnd), stop });
      return true;
    } catch (error) {
      this.#failure = error;
      this.#memory.releaseBytes(scratch);
      return false;
    }
  }

  /** Asks a worker to end. Killing it is not safe: it might be about to claim a task of the next program. */
  #stop(index: number): void {
    const [{ stop }] = this.#workers.splice(index, 1);
    Atomics.store(this.#memory.words, stop / 4, 1);
    const doorbell = this.#control / 4 + CONTROL.doorbell;
    Atomics.add(this.#memory.words, doorbell, 1);
    Atomics.notify(this.#memory.words, doorbell);
  }

  /**
   * After a failure, starts new workers on a new control block: an old worker may hang, or may have died while still counted as
   * active.
   */
  #restart(threads: number): void {
    this.#store('failed', 1);
    this.#store('open', 0);
    const workers = [...this.#workers];
    this.resize(1);
    for (const { handle } of workers) handle.terminate();
    this.#meet();
    this.resize(threads);
  }

  #load(word: keyof typeof CONTROL): number {
    return Atomics.load(this.#memory.words, this.#control / 4 + CONTROL[word]);
  }

  #store(word: keyof typeof CONTROL, value: number): void {
    Atomics.store(this.#memory.words, this.#control / 4 + CONTROL[word], value);
  }
}
