import * as tf from '@tensorflow/tfjs-core';
import { oneOf } from '@throughtime/errors';
import { defaultEngine, engineOrUndefined } from '@throughtime/wasm-kernels';
import { FusedPathError } from './errors.js';
import { fusedObstacle } from './fused/fused-obstacle.js';
import type { ResolvedConfig } from './recurrent-config.js';

/**
 * What computes a layer along its sequence:
 * - `reference`: plain tfjs operations, on any backend; every cell and option
 * - `fused`: one operation in the engine of `@throughtime/wasm-kernels`; rnn, gru and lstm
 */
export type UnrollPath = 'fused' | 'reference';

/** The check of an option `path`. */
export const unrollPath = oneOf(['auto', 'fused', 'reference']);

/**
 * Backends with tensors in memory that the engine's thread can read at once. With a GPU every call would wait for a
 * transfer, which the reference path does not need.
 */
const directBackends: ReadonlySet<string> = new Set(['wasm', 'cpu']);

/**
 * @param wanted 'auto': fused where the engine runs and computes this network, and tfjs's backend is wasm or cpu
 * @throws FusedPathError when the fused path is asked for and cannot be taken
 */
export function choosePath(
  config: ResolvedConfig,
  batchSize: number,
  wanted: UnrollPath | 'auto' = 'auto',
): UnrollPath {
  if (wanted === 'reference') return 'reference';
  const obstacle = fusedObstacle(config) ?? (batchSize === 0 ? 'a batch of 0 rows' : undefined);
  if (obstacle !== undefined) {
    if (wanted === 'auto') return 'reference';
    throw new FusedPathError(`'auto' or 'reference' for ${obstacle}`);
  }
  if (wanted === 'auto' && !directBackends.has(tf.getBackend())) return 'reference';
  return engineRuns(wanted) ? 'fused' : 'reference';
}

function engineRuns(wanted: 'fused' | 'auto'): boolean {
  if (wanted === 'auto') return engineOrUndefined() !== undefined;
  try {
    defaultEngine();
    return true;
  } catch (cause) {
    throw new FusedPathError("'auto' or 'reference' where the engine cannot run", { cause });
  }
}
