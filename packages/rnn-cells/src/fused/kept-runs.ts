import type * as tf from '@tensorflow/tfjs-core';

/**
 * tfjs does not say when a tape is done with; but it disposes of the tensors that were saved on it. So a pass saves a token
 * there, whose data we look for: gone, the pass will not be asked for its gradient any more.
 */
interface KeptRun {
  readonly backend: tf.KernelBackend;
  /** Held weakly: a tape that an exception cut off is never cleaned up, only collected. */
  readonly token: WeakRef<object>;
  readonly release: () => void;
}

const kept = new Set<KeptRun>();
let scheduled = false;

/** Calls `release` once tfjs has let go of the token: at the next `releaseForgotten`, or when the caller's turn ends. */
export function keepUntilForgotten(backend: tf.KernelBackend, token: tf.DataId, release: () => void): void {
  kept.add({ backend, token: new WeakRef(token), release });
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    releaseForgotten();
  });
}

/** Releases what the tapes have forgotten. */
export function releaseForgotten(): void {
  for (const run of kept) {
    const token = run.token.deref();
    if (token !== undefined && run.backend.refCount(token) > 0) continue;
    kept.delete(run);
    run.release();
  }
}
