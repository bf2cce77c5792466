import type * as tf from '@tensorflow/tfjs-core';

/**
 * tfjs does not say when a tape ends, but it disposes the tensors that were saved on it. So a pass saves a token tensor there.
 * Once the token's data is gone, nobody will ask for the gradient of the pass.
 */
interface KeptRun {
  readonly backend: tf.KernelBackend;
  /** Weak: tfjs never cleans up a tape that an exception interrupted; only the garbage collector does. */
  readonly token: WeakRef<object>;
  readonly release: () => void;
}

const kept = new Set<KeptRun>();
let scheduled = false;

/** Calls `release` once tfjs has disposed the token: at the next `releaseForgotten`, or in the microtask after this call. */
export function keepUntilForgotten(backend: tf.KernelBackend, token: tf.DataId, release: () => void): void {
  kept.add({ backend, token: new WeakRef(token), release });
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    releaseForgotten();
  });
}

/** Releases the runs that no tape needs any more. */
export function releaseForgotten(): void {
  for (const run of kept) {
    const token = run.token.deref();
    if (token !== undefined && run.backend.refCount(token) > 0) continue;
    kept.delete(run);
    run.release();
  }
}
