import type { Random } from '@throughtime/random';
import type { RecurrentConfig } from '@throughtime/rnn-cells';
import { ReferenceExecutor } from './reference-executor.js';
import type { SequenceExecutor } from './sequence-executor.js';

export interface ExecutorOptions {
  /** Draws the starting weights. */
  readonly random: Random;
  /** Put before parameter names. Default 'rnn.'. */
  readonly prefix?: string | undefined;
}

/** What runs a recurrent network: the one place where forecasting chooses between paths. */
export function createExecutor(
  config: RecurrentConfig,
  { random, prefix = 'rnn.' }: ExecutorOptions,
): SequenceExecutor {
  return new ReferenceExecutor(config, { random, prefix });
}
