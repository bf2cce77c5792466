import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import threads, { type Worker, type WorkerOptions } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { CONTROL } from '../generated/commands.js';
import { gemm } from '../ops/gemm.js';
import { RecurrentStack } from '../recurrent/recurrent-stack.js';
import { Engine } from './engine.js';
import { EngineError } from './errors.js';
import type { WorkerTask } from './worker-source.js';

function make(options: ConstructorParameters<typeof Engine>[0]): Engine {
  const engine = new Engine(options);
  onTestFinished(() => engine.dispose());
  return engine;
}

const original = threads.Worker;
afterEach(() => {
  Object.assign(threads, { Worker: original });
});

/** Has every worker started from now on run what `change` makes of its program and data. */
function interceptWorkers(
  change: (source: string, task: WorkerTask) => { source: string; task: WorkerTask },
) {
  const started: { worker: Worker; task: WorkerTask }[] = [];
  const Intercepted = class extends original {
    constructor(program: string, options: WorkerOptions) {
      const { source, task } = change(program, options.workerData as WorkerTask);
      super(source, { ...options, workerData: task });
      started.push({ worker: this, task });
    }
  };
  Object.assign(threads, { Worker: Intercepted });
  return {
    started,
    stop: () => Object.assign(threads, { Worker: original }),
  };
}

/** A product large enough for every thread to have a part in it, and whether it is right. */
function multiply(engine: Engine): boolean {
  const [m, n, k] = [512, 128, 128];
  const views = [m * k, k * n, m * n].map((length) => engine.allocate(length));
  const [a, b, c] = views;
  try {
    gemm(engine, { a: a.fill(2), b: b.fill(3), c, m, n, k, alpha: 0.5 });
    return c.every((value) => value === 3 * k);
  } finally {
    for (const view of views) engine.free(view);
  }
}

/** Runs products until one fails or all is over: workers start, and take part, while the calling thread is busy. */
function multiplyUntil(engine: Engine, over = () => false): void {
  const end = performance.now() + 20_000;
  while (!over() && performance.now() < end) expect(multiply(engine)).toBe(true);
}

describe('a worker that fails', () => {
  it('alone is an error in the caller, and the engine works on with others', async () => {
    // Its own memory lies outside: it traps when it packs its part of a product, which the calling thread does well.
    const intercepted = interceptWorkers((source, task) => ({
      source,
      task: { ...task, scratch: 0xffff0000 },
    }));
    const engine = make({ threads: 2 });
    expect(() => multiplyUntil(engine)).toThrow(new EngineError('a kernel failed in a worker thread'));
    intercepted.stop();
    expect(intercepted.started.length).toBe(2); // the second in the place of the first, and no better
    engine.setThreads(1);
    engine.setThreads(2);
    await engine.ready();
    expect(engine.threads).toBe(2);
    expect(multiply(engine)).toBe(true);
  });

  it('by being ended within a program is an error in the caller', async () => {
    const enter = `Atomics.add(words, ${CONTROL.active}, 1); process.exit();`;
    const intercepted = interceptWorkers((source, task) => {
      expect(source).toContain('participate();');
      return { source: source.replace('participate();', enter), task };
    });
    const engine = make({ threads: 2 });
    const [{ task }] = intercepted.started;
    intercepted.stop();
    engine.memory.words[task.control / 4 + CONTROL.patience] = 4; // of 1200
    expect(() => multiplyUntil(engine)).toThrow(EngineError);
    await engine.ready();
    expect(engine.threads).toBe(2);
    expect(multiply(engine)).toBe(true);
  });

  it('by being ended between programs leaves the others, wherever it stood', async () => {
    const enter = `Atomics.add(words, ${CONTROL.active}, 1); process.exit();`;
    const intercepted = interceptWorkers((source, task) => ({
      source: task.index === 2 ? source.replace('participate();', enter) : source,
      task,
    }));
    const engine = make({ threads: 4 });
    await once(intercepted.started[1].worker, 'exit');
    intercepted.stop();
    expect(engine.threads).toBe(2);
    expect(multiply(engine)).toBe(true); // and waits for nobody who is gone
    await engine.ready();
    expect(multiply(engine)).toBe(true);
  });

  it('to start leaves one thread, and no memory behind', () => {
    const alone = make({ threads: 1 });
    Object.assign(threads, {
      Worker: class {
        constructor() {
          throw new Error('no more threads');
        }
      },
    });
    const engine = make({ threads: 3 });
    expect(engine.threads).toBe(1);
    expect(engine.memoryUsage()).toEqual(alone.memoryUsage());
    expect(multiply(engine)).toBe(true);
  });
});

describe('a worker with nothing to do', () => {
  it('uses no CPU', async () => {
    const engine = make({ threads: 4 });
    await engine.ready();
    expect(multiply(engine)).toBe(true);
    const [before, from] = [process.cpuUsage(), performance.now()];
    await setTimeout(400);
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 1000 / (performance.now() - from);
    expect(share).toBeLessThan(0.5); // of one core; three that spin would use as much as the machine gives
  });

  it('does not keep its process alive', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughtime-engine-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const script = join(folder, 'engine-process.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('./fixtures/engine-process.ts', import.meta.url))],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@throughtime/source'],
    });
    const child: ChildProcess = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill());
    let printed = '';
    child.stdout?.on('data', (data) => {
      printed += data;
    });
    const [code] = await once(child, 'close');
    expect([code, printed]).toEqual([0, '3 threads, exp(0) = 1\n']);
  });
});

describe('a task that lasts', () => {
  it('is waited for as long as it shows that its thread lives', () => {
    const beats = 30;
    const last = `
      Atomics.add(words, ${CONTROL.active}, 1);
      for (let i = 0; i < ${beats}; i++) {
        Atomics.add(words, ${CONTROL.pulse}, 1);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
      Atomics.sub(words, ${CONTROL.active}, 1);`;
    const intercepted = interceptWorkers((source, task) => ({
      source: source.replace('participate();', last),
      task,
    }));
    const engine = make({ threads: 2 });
    const [{ task }] = intercepted.started;
    const word = (name: keyof typeof CONTROL) => task.control / 4 + CONTROL[name];
    engine.memory.words[word('patience')] = 4; // a third of the time that it lasts
    const over = () => engine.memory.words[word('pulse')] >= beats;
    multiplyUntil(engine, over);
    expect(over()).toBe(true);
  });

  it('shows it every 64 steps of a sequence', () => {
    const intercepted = interceptWorkers((source, task) => ({ source, task }));
    const engine = make({ threads: 2 });
    const [{ task }] = intercepted.started;
    const parameters = [{ weightIh: engine.allocate(12), weightHh: engine.allocate(36) }];
    const stack = new RecurrentStack(engine, {
      ...{ cell: 'rnn-tanh', inputSize: 2, hiddenSize: 6, batchSize: 2, steps: 130 },
      ...{ parameters, gradients: parameters },
    });
    const pulse = () => engine.memory.words[task.control / 4 + CONTROL.pulse];
    stack.forward();
    expect(pulse()).toBe(6); // two tasks of a row each, at steps 0, 64 and 128
    stack.backward();
    expect(pulse()).toBe(12);
  });
});
