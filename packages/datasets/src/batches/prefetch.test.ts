import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { prefetch } from './prefetch.js';
import { randomBatches } from './random-batches.js';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Promises that the test settles, in whatever order it likes. */
function gates() {
  const open: (() => void)[] = [];
  const wait = (index: number) =>
    new Promise<void>((resolve) => {
      open[index] = resolve;
    });
  return { open, wait };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('prefetch', () => {
  it('gives what the source gives, in order, from iterables of both kinds', async () => {
    async function* later() {
      yield* numbers(5);
    }
    expect(await collect(prefetch(numbers(5)))).toEqual(numbers(5));
    expect(await collect(prefetch(later(), { ahead: 9 }))).toEqual(numbers(5));
    expect(await collect(prefetch([], { ahead: 1 }))).toEqual([]);
    expect(await collect(prefetch(numbers(3), { prepare: async (n) => n * 2 }))).toEqual([0, 2, 4]);
  });

  it('keeps so many batches under way, and their order whichever is ready first', async () => {
    const { open, wait } = gates();
    const started: number[] = [];
    const prepare = async (index: number) => {
      started.push(index);
      await wait(index);
      return index;
    };
    const batches = prefetch(numbers(10), { ahead: 3, prepare });
    const first = batches.next();
    await settled();
    expect(started).toEqual([0, 1, 2, 3]);
    open[2]();
    open[1]();
    open[0]();
    expect((await first).value).toBe(0);
    await settled();
    expect(started).toEqual([0, 1, 2, 3]);
    expect((await batches.next()).value).toBe(1);
    expect((await batches.next()).value).toBe(2);
    await settled();
    expect(started).toEqual([0, 1, 2, 3, 4, 5]);
    await batches.return!();
  });

  it('has a cursor after the batch taken, not after those made ahead', async () => {
    const ids = Int32Array.from({ length: 100 }, (_, i) => i);
    const source = randomBatches(ids, { batchSize: 2, steps: 5, random: Random.seeded(1) });
    const epoch = source[Symbol.iterator]();
    const all = [...source.from(epoch.cursor())];
    const batches = prefetch(epoch, { ahead: 4 });
    expect(batches.cursor().index).toBe(0);
    await batches.next();
    await batches.next();
    expect(batches.cursor().index).toBe(2);
    expect(await collect(prefetch(source.from(batches.cursor())))).toEqual(all.slice(2));
    expect(() => (prefetch(numbers(1)) as typeof batches).cursor()).toThrow(
      'source: expected one with a cursor, got an iterable without',
    );
  });

  it('gives an error in its place, and ends', async () => {
    let closed = false;
    function* source() {
      try {
        yield 1;
        yield 2;
        throw new Error('disk');
      } finally {
        closed = true;
      }
    }
    const batches = prefetch(source(), { ahead: 5 });
    expect((await batches.next()).value).toBe(1);
    expect((await batches.next()).value).toBe(2);
    await expect(batches.next()).rejects.toThrow('disk');
    expect(await batches.next()).toEqual({ done: true, value: undefined });
    expect(closed).toBe(true);

    const prepare = async (n: number) => {
      if (n === 1) throw new Error('bad batch');
      return n;
    };
    const failing = prefetch(numbers(9), { prepare });
    expect((await failing.next()).value).toBe(0);
    await expect(failing.next()).rejects.toThrow('bad batch');
    expect((await failing.next()).done).toBe(true);
  });

  it('closes its source when it is left early, and ends when the signal says so', async () => {
    let closed = false;
    function* source() {
      try {
        yield* numbers(100);
      } finally {
        closed = true;
      }
    }
    for await (const n of prefetch(source())) if (n === 3) break;
    expect(closed).toBe(true);

    const stop = new AbortController();
    const batches = prefetch(numbers(9), {
      signal: stop.signal,
      prepare: () => new Promise(() => undefined),
    });
    const waiting = batches.next();
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(batches.next()).rejects.toThrow('enough');
  });

  it('names an option that cannot be', () => {
    expect(() => prefetch([], { ahead: 0 })).toThrow('ahead: expected a whole number of at least 1, got 0');
  });
});
