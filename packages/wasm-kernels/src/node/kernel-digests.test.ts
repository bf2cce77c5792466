import { describe, expect, it, vi } from 'vitest';
import { Program } from '../engine/program.js';
import { Operation } from '../generated/commands.js';
import { kernelDigests } from './kernel-digests.js';

describe('kernelDigests', () => {
  it('run every operation of the engine, and say the same of the same numbers', () => {
    const operations = new Set<number>();
    for (const method of ['add', 'prepare'] as const) {
      const original = Program.prototype[method];
      vi.spyOn(Program.prototype, method).mockImplementation(function (this: Program, layout, values) {
        operations.add(layout.operation);
        return original.call(this, layout, values);
      });
    }
    const one = kernelDigests({ threads: 1 });
    vi.restoreAllMocks();
    const missing = Object.entries(Operation).filter(([, operation]) => !operations.has(operation));
    expect(missing).toEqual([]);
    expect(kernelDigests({ threads: 2 })).toEqual(one);
    expect(new Set(Object.values(one)).size).toBe(Object.keys(one).length);
  });

  it('differ where numbers differ, each of them', () => {
    const [one, two] = [kernelDigests({ threads: 1 }), kernelDigests({ threads: 1, seed: 2 })];
    for (const [name, digest] of Object.entries(one)) expect(two[name], name).not.toBe(digest);
  });
});
