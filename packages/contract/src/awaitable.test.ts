import { describe, expect, it } from 'vitest';
import { type Awaitable, type AwaitableSteps, allReady, ready, runSteps, whenReady } from './awaitable.js';

describe('values that may come later', () => {
  it('are passed on at once where they are there', () => {
    expect(whenReady(2, (value) => value + 1)).toBe(3);
    expect(allReady([1, 2])).toEqual([1, 2]);
  });

  it('are waited for where they are not', async () => {
    expect(await whenReady(Promise.resolve(2), (value) => value + 1)).toBe(3);
    expect(await allReady([1, Promise.resolve(2)])).toEqual([1, 2]);
    await expect(whenReady(Promise.reject(new Error('late')), () => 1)).rejects.toThrow('late');
  });
});

describe('runSteps', () => {
  function* sum(values: readonly Awaitable<number>[]): AwaitableSteps<number> {
    let total = 0;
    for (const value of values) {
      try {
        total += yield* ready(value);
      } catch {
        total += 100;
      }
    }
    if (total < 0) throw new Error('negative');
    return total;
  }

  it('runs through where every value is there', () => {
    expect(runSteps(sum([1, 2, 3]))).toBe(6);
    expect(() => runSteps(sum([-1]))).toThrow('negative');
  });

  it('continues when promises come, and hands their failures to the steps', async () => {
    const later = runSteps(
      sum([1, Promise.resolve(2), 3, Promise.reject(new Error('lost')), Promise.resolve(4)]),
    );
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(110);
    await expect(runSteps(sum([Promise.resolve(-5)]))).rejects.toThrow('negative');
  });
});
