/** A value that is there, or a promise of it: what the engine computes is there at once, what other backends compute comes later. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Continues with a value: at once where it is there, and otherwise when it comes.
 *
 * @example
 * ```ts
 * import { type AwaitableLanguageModel, whenReady } from '@throughtime/contract';
 * // Works with models that answer at once, and with those that answer by a promise.
 * const probabilities = (model: AwaitableLanguageModel<unknown>, state: unknown) =>
 *   whenReady(model.logProbabilities(state), (values) => values.map(Math.exp));
 * ```
 */
export function whenReady<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** All values: at once where all are there. */
export function allReady<T>(values: readonly Awaitable<T>[]): Awaitable<T[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as T[]);
}

/** The steps of a computation whose values may come later: `const x = yield* ready(value)`. */
export type AwaitableSteps<R> = Generator<Awaitable<unknown>, R, unknown>;

/** Waits for a value inside {@link runSteps}. */
export function* ready<T>(value: Awaitable<T>): AwaitableSteps<T> {
  return (yield value) as T;
}

/**
 * Runs a computation that is written as a generator. As long as every value is there it runs through, and its result is there too; from
 * the first promise on it continues asynchronously.
 */
export function runSteps<R>(steps: AwaitableSteps<R>): Awaitable<R> {
  let step = steps.next();
  while (!step.done) {
    if (step.value instanceof Promise) return finish(steps, step.value);
    step = steps.next(step.value);
  }
  return step.value;
}

async function finish<R>(steps: AwaitableSteps<R>, first: Promise<unknown>): Promise<R> {
  let pending: Awaitable<unknown> = first;
  for (;;) {
    const [outcome] = await Promise.allSettled([pending]);
    const step = outcome.status === 'fulfilled' ? steps.next(outcome.value) : steps.throw(outcome.reason);
    if (step.done) return step.value;
    pending = step.value;
  }
}
