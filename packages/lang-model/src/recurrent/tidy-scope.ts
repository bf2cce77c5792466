import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs tfjs ops and frees every tensor they made, keeping the plain data that comes out. (`tf.tidy` itself would walk a
 * returned typed array element by element in search of tensors.)
 */
export function tidyScope<T>(work: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = work();
  });
  return result as T;
}
