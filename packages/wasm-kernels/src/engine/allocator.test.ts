import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstFitAllocator } from './allocator.js';
import { EngineMemoryError } from './errors.js';

describe('FirstFitAllocator', () => {
  it('never hands out overlapping or misaligned blocks, and reuses what was freed', () => {
    const actions = fc.array(fc.record({ free: fc.nat(), bytes: fc.nat(5000), isFree: fc.boolean() }));
    fc.assert(
      fc.property(actions, (steps) => {
        let end = 0;
        const allocator = new FirstFitAllocator(100, (needed) => {
          end = Math.max(end, needed);
        });
        const live = new Map<number, number>();
        for (const { free, bytes, isFree } of steps) {
          const addresses = [...live.keys()];
          if (isFree && addresses.length > 0) {
            const address = addresses[free % addresses.length];
            allocator.release(address);
            live.delete(address);
            continue;
          }
          const address = allocator.allocate(bytes);
          expect(address % 64).toBe(0);
          expect(address).toBeGreaterThanOrEqual(100);
          expect(address + bytes).toBeLessThanOrEqual(end);
          for (const [other, size] of live) {
            expect(address + bytes <= other || other + size <= address).toBe(true);
          }
          live.set(address, bytes);
        }
        for (const address of live.keys()) allocator.release(address);
        expect(allocator.used).toBe(0);
        // Everything free is one block again.
        const before = end;
        if (before > 300) allocator.allocate(before - 300);
        expect(end).toBe(before);
      }),
    );
  });

  it('refuses to free twice', () => {
    const allocator = new FirstFitAllocator(0, () => {});
    const address = allocator.allocate(10);
    allocator.release(address);
    expect(() => allocator.release(address)).toThrow(EngineMemoryError);
  });
});
