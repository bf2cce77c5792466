import type { BatchCursor, BatchIterator, BatchSource } from '@throughtime/contract';
import { ArgumentError, abortSignal, callback, checkOptions, inWords, whole } from '@throughtime/errors';

export interface PrefetchOptions<B, C> {
  /** Batches being made while one is used. Default 2: one ready, one under way. */
  readonly ahead?: number;
  /** What is done to each batch beforehand: reading from disk, tokenizing, work in another thread. Default: nothing. */
  readonly prepare?: (batch: B) => C | Promise<C>;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal;
}

/** Batches made before they are asked for, in their order. */
export interface PrefetchedBatches<C> extends AsyncIterableIterator<C> {
  /** The place after the last batch taken, not after those made ahead: {@link BatchSource.from} continues there. */
  cursor(): BatchCursor;
}

/**
 * Makes batches while earlier ones are used, so that training does not wait for a source or a `prepare` that itself waits. Batches
 * come in order, each once; an error comes in the place of the batch that it befell, and ends the iteration. (JavaScript
 * runs in one thread: what `prepare` computes, rather than waits for, is not made faster.)
 * @throws ArgumentError
 */
export function prefetch<B, C = B>(
  source: BatchSource<B> | BatchIterator<B>,
  options?: PrefetchOptions<B, C>,
): PrefetchedBatches<C>;
export function prefetch<B, C = B>(
  source: Iterable<B> | AsyncIterable<B>,
  options?: PrefetchOptions<B, C>,
): AsyncIterableIterator<C>;
export function prefetch<B, C = B>(
  source: Iterable<B> | AsyncIterable<B>,
  options: PrefetchOptions<B, C> = {},
): PrefetchedBatches<C> {
  checkOptions<PrefetchOptions<B, C>>(options, {
    ahead: whole({ from: 1 }),
    prepare: callback,
    signal: abortSignal,
  });
  const { ahead = 2, prepare, signal } = options;
  const iterator: AnyIterator<B> =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const pending: Promise<Made<C>>[] = [];
  let taken = iterator.cursor?.();
  /** Resolves when the source has given its latest batch: it is asked for one at a time. */
  let latest: Promise<unknown> = Promise.resolve();
  let ended = false;

  const pull = (): Promise<Made<C>> => {
    const given = latest.then(async (): Promise<Made<B>> => {
      if (ended) return finished;
      const result = await iterator.next();
      if (result.done) {
        ended = true;
        return finished;
      }
      return { result, cursor: iterator.cursor?.() };
    });
    const made = given.then(async ({ result, cursor }): Promise<Made<C>> => {
      if (result.done) return finished;
      const value = prepare ? await prepare(result.value) : (result.value as unknown as C);
      return { result: { done: false, value }, cursor };
    });
    latest = given.catch(() => {
      ended = true;
    });
    // Until its turn comes nobody listens to it: that is no unhandled rejection.
    made.catch(() => undefined);
    return made;
  };

  const stop = async () => {
    ended = true;
    pending.length = 0;
    await latest;
    await iterator.return?.();
  };

  return {
    async next() {
      signal?.throwIfAborted();
      while (pending.length <= ahead && !ended) pending.push(pull());
      const first = pending.shift();
      if (!first) return { done: true, value: undefined };
      try {
        const { result, cursor } = await untilAborted(first, signal);
        if (!result.done) taken = cursor;
        return result;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    async return() {
      await stop();
      return { done: true, value: undefined };
    },
    cursor() {
      if (!taken) throw new ArgumentError('source', 'one with a cursor', inWords('an iterable without'));
      return taken;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** An iterator that may wait, and may know its place. */
interface AnyIterator<B> {
  next(): IteratorResult<B> | Promise<IteratorResult<B>>;
  return?(): unknown;
  cursor?(): BatchCursor;
}

interface Made<C> {
  readonly result: IteratorResult<C, undefined>;
  readonly cursor?: BatchCursor | undefined;
}

const finished: Made<never> = { result: { done: true, value: undefined } };

function untilAborted<T>(pending: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return pending;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
