import { Engine } from '@throughtime/wasm-kernels';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineAllocator } from './engine-allocator.js';

const engine = new Engine({ threads: 1 });
afterAll(() => engine.dispose());

describe('EngineAllocator', () => {
  it('gives zeros in the memory of its engine', () => {
    const array = new EngineAllocator(engine).float32(10);
    expect([...array]).toEqual(new Array(10).fill(0));
    expect(engine.contains(array)).toBe(true);
  });

  it('gives memory back at once when asked to, and once', () => {
    const allocator = new EngineAllocator(engine);
    const before = engine.memoryUsage().used;
    const array = allocator.float32(1000);
    expect(engine.memoryUsage().used).toBeGreaterThan(before + 4000);
    allocator.free(array);
    allocator.free(array);
    expect(engine.memoryUsage().used).toBe(before);
  });

  it('gives memory back when an array is forgotten: more can pass through an engine than it may hold', async () => {
    const allocator = new EngineAllocator(engine);
    const mebibytes = 64;
    for (let i = 0; i < 80; i++) {
      allocator.float32((mebibytes << 20) / 4);
      // Finalisers run in turns of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(80 * mebibytes).toBeGreaterThan(4096); // MiB, the most that WebAssembly can address
    expect(engine.memoryUsage().reserved).toBeLessThan(2 ** 31);
  });
});
