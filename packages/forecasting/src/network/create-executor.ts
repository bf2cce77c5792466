import { oneOf } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import type { RecurrentConfig } from '@throughtime/rnn-cells';
import { defaultEngine, engineOrUndefined } from '@throughtime/wasm-kernels';
import { FusedExecutor } from './fused-executor.js';
import { ReferenceExecutor } from './reference-executor.js';
import type { SequenceExecutor } from './sequence-executor.js';

/**
 * - `fused`: the WebAssembly engine of `@throughtime/wasm-kernels`, tens of times faster
 * - `reference`: plain tfjs ops, on whichever backend is set
 */
export type NetworkPath = (typeof networkPaths)[number];

export const networkPaths = ['fused', 'reference'] as const;

/** A network that both paths run: equal layers of one of the three cells. */
export interface SequenceConfig {
  readonly cell: 'rnn' | 'gru' | 'lstm';
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default 1. */
  readonly layers?: number;
}

export interface ExecutorOptions {
  /** Draws the starting weights. */
  readonly random: Random;
  /** Put before parameter names. Default 'rnn.'. */
  readonly prefix?: string | undefined;
  /** Default: fused where the engine runs, reference otherwise. */
  readonly path?: NetworkPath | undefined;
}

/**
 * Chooses what runs a recurrent network; nothing else here does. Both paths start from the same weights.
 * @throws EngineError when the fused path is asked for where the engine cannot run
 */
export function createExecutor(
  config: SequenceConfig,
  { random, prefix = 'rnn.', path }: ExecutorOptions,
): SequenceExecutor {
  if (path !== undefined) oneOf(networkPaths)('path', path);
  const network: RecurrentConfig = config;
  const engine =
    path === 'reference' ? undefined : path === undefined ? engineOrUndefined() : defaultEngine();
  return engine === undefined
    ? new ReferenceExecutor(network, { random, prefix })
    : new FusedExecutor(engine, network, { random, prefix });
}
