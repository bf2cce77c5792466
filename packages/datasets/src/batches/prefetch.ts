import type { BatchCursor, BatchIterator, BatchSource } from '@throughtime/contract';
import { ArgumentError, abortSignal, callback, checkOptions, inWords, whole } from '@throughtime/errors';

/** How batches are made ahead of their use. */
export interface PrefetchOptions<B, C> {
  /** How many batches are made while one is used. Default 2: one ready, one in the making. */
  readonly ahead?: number;
  /** Prepares each batch: reads from disk, tokenizes, asks another thread. Default: nothing. */
  readonly prepare?: (batch: B) => C | Promise<C>;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal;
}

/** Batches in order, made before they are asked for. */
export interface PrefetchedBatches<C> extends AsyncIterableIterator<C> {
  /** The place after the last batch taken (batches made ahead do not count). {@link BatchSource.from} continues there. */
  cursor(): BatchCursor;
}

/**
 * Makes batches while earlier ones are used, so that training does not wait for the source or for `prepare`. Batches come in order,
 * each once. An error comes in place of its batch, and ends the iteration. JavaScript runs in one thread, so computations in
 * `prepare` are not made faster; only waiting is.
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
  /** Resolves when the source has given its latest batch. We ask for one at a time. */
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
    // Nobody listens until its turn comes; that must not count as an unhandled rejection.
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
