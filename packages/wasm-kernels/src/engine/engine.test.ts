import os from 'node:os';
import { ArgumentError, isUserError, ThroughtimeError } from '@throughtime/errors';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { gemm } from '../ops/gemm.js';
import { map } from '../ops/map.js';
import { Engine } from './engine.js';
import { EngineError, EngineMemoryError, EngineMemoryFullError } from './errors.js';

const engines: Engine[] = [];
function make(options?: ConstructorParameters<typeof Engine>[0]): Engine {
  const engine = new Engine(options);
  engines.push(engine);
  return engine;
}
afterAll(() => {
  for (const engine of engines) engine.dispose();
});

/** An operation that does not exist: the thread that meets it traps. */
const UNKNOWN = { operation: 9999, words: 5, fields: {} };

describe('Engine', () => {
  it('keeps views valid while memory grows', () => {
    const engine = make({ threads: 1 });
    const first = engine.allocate(4);
    first.set([1, 2, 3, 4]);
    const { reserved } = engine.memoryUsage();
    const large = engine.allocate(reserved / 4);
    expect(engine.memoryUsage().reserved).toBeGreaterThan(reserved);
    map(engine, 'exp', first, first);
    expect(first[1]).toBeCloseTo(Math.exp(2), 5);
    expect(engine.contains(first)).toBe(true);
    expect(large.every((value) => value === 0)).toBe(true);
  });

  it('gives zeros, also where something was freed', () => {
    const engine = make({ threads: 1 });
    const view = engine.allocate(100).fill(7);
    const { used } = engine.memoryUsage();
    engine.free(view);
    expect(engine.allocate(100).every((value) => value === 0)).toBe(true);
    expect(engine.memoryUsage().used).toBe(used);
  });

  it('names what it cannot use', () => {
    const engine = make({ threads: 1 });
    const view = engine.allocate(4);
    expect(() => map(engine, 'exp', new Float32Array(4), view)).toThrow(
      "source: expected an array in this engine's",
    );
    expect(() => engine.free(new Float32Array(4))).toThrow(ArgumentError);
    engine.free(view);
    expect(() => engine.free(view)).toThrow(EngineMemoryError);
    expect(() => engine.allocate(-1)).toThrow('length: expected a whole number');
    for (const threads of [0, 1.5, 65]) expect(() => engine.setThreads(threads)).toThrow(ArgumentError);
    expect(() => engine.allocate(2 ** 31)).toThrow(EngineMemoryFullError);
    expect(new EngineMemoryFullError('')).toBeInstanceOf(EngineMemoryError);
    expect(() => new Engine({ thread: 1 } as object)).toThrow("did you mean 'threads'?");
    expect(() => new Engine({ simd: 'Relaxed' as 'relaxed' })).toThrow("did you mean 'relaxed'?");
  });

  it('tells what a user can fix from what the machine refuses', () => {
    const engine = make({ threads: 1 });
    const thrownBy = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return error;
      }
    };
    expect(isUserError(thrownBy(() => engine.allocate(-1)))).toBe(true);
    // By a smaller model or batch.
    expect(isUserError(thrownBy(() => engine.allocate(2 ** 31)))).toBe(true);
    for (const error of [new EngineError('a kernel failed'), new EngineMemoryError('memory')]) {
      expect(error).toBeInstanceOf(ThroughtimeError);
      expect(isUserError(error)).toBe(false);
    }
    expect(new EngineError('')).not.toBeInstanceOf(EngineMemoryError);
    expect(new EngineMemoryError('')).not.toBeInstanceOf(EngineError);
  });

  it('can be made on a machine with more cores than it can use', () => {
    const cores = vi.spyOn(os, 'availableParallelism').mockReturnValue(96);
    try {
      expect(() => make({ sharedMemory: false })).not.toThrow();
      expect(cores).toHaveBeenCalled();
    } finally {
      cores.mockRestore();
    }
  });

  it('computes on after it was asked for more memory than there is', () => {
    const engine = make({ threads: 2 });
    const before = engine.allocate(2);
    const { reserved } = engine.memoryUsage();
    expect(() => engine.allocate(2 ** 30 - 1)).toThrow(EngineMemoryError);
    expect(engine.memoryUsage().reserved).toBe(reserved);
    const after = engine.allocate(2);
    map(engine, 'exp', before, after);
    expect([...after]).toEqual([1, 1]);
  });

  it('keeps nothing of what could not be made whole', () => {
    const engine = make({ threads: 1 });
    const kept = engine.allocate(10);
    const before = engine.memoryUsage().used;
    const parts = () => {
      engine.free(engine.allocate(50));
      return [100, 200, 2 ** 31].map((length) => engine.allocate(length));
    };
    expect(() => engine.allOrNothing(parts)).toThrow(EngineMemoryError);
    expect(engine.memoryUsage().used).toBe(before);
    engine.free(kept);
    expect(engine.allOrNothing(() => engine.allocate(3)).length).toBe(3);
    expect(engine.memoryUsage().used).toBeGreaterThan(0);
  });

  it('does not share memory with another engine', () => {
    const [one, other] = [make({ threads: 2 }), make({ threads: 2 })];
    const view = one.allocate(4);
    expect(other.contains(view)).toBe(false);
    expect(() => map(other, 'exp', view, view)).toThrow(ArgumentError);
  });

  it('knows its arrays while the memory of another engine grows', () => {
    // V8 gives every shared memory of a process a new buffer object when one of them grows, at some later moment.
    const both = [make({ threads: 1 }), make({ threads: 1 })];
    for (let round = 0; round < 12; round++) {
      for (const engine of both) {
        const views = [2 ** 20, 2 ** 20 + 4, 2 ** 19].map((length) => engine.allocate(length));
        expect(views.map((view) => engine.contains(view))).toEqual([true, true, true]);
      }
    }
  });

  it('runs on memory that is not shared, with one thread', () => {
    const engine = make({ sharedMemory: false, threads: 4 });
    expect(engine.threads).toBe(1);
    const view = engine.allocate(3);
    view.set([-1, 0, 1]);
    engine.allocate(2 ** 22);
    map(engine, 'tanh', view, view);
    expect([...view].map((x) => x.toFixed(4))).toEqual(['-0.7616', '0.0000', '0.7616']);
  });

  it('has workers take part, and lets the process end in spite of them', async () => {
    const before = process.getActiveResourcesInfo().length;
    const engine = make({ threads: 3 });
    await engine.ready();
    expect(engine.threads).toBe(3);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });

  // A worker learns late of memory that grows while it starts, and would trap on what lies there: so did 1 engine in 60
  // before workers compared the size they know with the program's (`enter` in assembly/program/command.ts).
  it('grows its memory while workers start', () => {
    for (let round = 0; round < 12; round++) {
      const engine = new Engine({ threads: 4 });
      try {
        for (let growth = 0; growth < 30; growth++) {
          engine.memory.allocateBytes(255 * 65536);
          const view = engine.allocate(4096);
          for (let run = 0; run < 3; run++) map(engine, 'exp', view, view);
          expect(view.every((value) => Math.abs(value - Math.exp(Math.E)) < 1e-4)).toBe(true);
        }
      } finally {
        engine.dispose();
      }
    }
  });

  it('turns a failing kernel into an error, and works on', async () => {
    for (const threads of [1, 3]) {
      const engine = make({ threads });
      await engine.ready();
      const program = engine.program();
      program.add(UNKNOWN, {});
      for (let i = 0; i < 3; i++) expect(() => program.run()).toThrow(EngineError);
      expect(engine.threads).toBe(threads);
      await engine.ready();
      const view = engine.allocate(100_000).fill(1);
      map(engine, 'exp', view, view);
      expect(view.every((value) => value === view[0])).toBe(true);
      engine.dispose();
    }
  });

  it('runs nothing once disposed', () => {
    const engine = make({ threads: 2 });
    const view = engine.allocate(4);
    engine.dispose();
    expect(() => map(engine, 'exp', view, view)).toThrow('the engine is disposed');
  });

  it('gives the same bits whatever the number of threads', async () => {
    const engine = make({ threads: 4 });
    const [m, n, k] = [131, 77, 613];
    const [a, b, c] = [engine.allocate(m * k), engine.allocate(k * n), engine.allocate(m * n)];
    for (const view of [a, b]) for (let i = 0; i < view.length; i++) view[i] = Math.sin(i * 12.9898) * 3;
    const results: Float32Array[] = [];
    for (const threads of [1, 2, 3, 4]) {
      engine.setThreads(threads);
      await engine.ready();
      for (let repeat = 0; repeat < 3; repeat++) {
        gemm(engine, { a, b, c: c.fill(0), m, n, k, transposeA: true });
        results.push(c.slice());
      }
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });
});
