import { ArgumentError } from '@throughtime/errors';
import {
  type Allocator,
  arrayAllocator,
  EngineAllocator,
  EngineOptimizerBackend,
} from '@throughtime/rnn-cells';
import { defaultEngine, type Engine, engineOrUndefined } from '@throughtime/wasm-kernels';
import type { Executor } from './executor.js';
import { FusedExecutor } from './fused-executor.js';
import { planFused } from './fused-plan.js';
import type { ModelPlan } from './model-config.js';
import { ReferenceExecutor } from './reference-executor.js';

/**
 * - `fused`: the WebAssembly engine of `@throughtime/wasm-kernels`, tens of times faster; RNN, GRU and LSTM stacks
 * - `reference`: plain tfjs ops on whichever backend is set; every architecture
 */
export type ModelPath = (typeof modelPaths)[number];

export const modelPaths = ['fused', 'reference'] as const;

/** Where a model's parameters live, and what runs it. */
export interface ChosenPath {
  readonly path: ModelPath;
  readonly allocator: Allocator;
  /** Norms and updates where the parameters lie; undefined: plain loops do. */
  readonly optimizerBackend: EngineOptimizerBackend | undefined;
  executor(parameters: Executor['parameters']): Executor;
}

/**
 * @param wanted default: fused where the engine runs and knows the architecture
 * @throws ArgumentError when the fused path is asked for and cannot be taken
 */
export function choosePath(
  plan: ModelPlan,
  wanted: ModelPath | undefined,
  engine: Engine | undefined,
): ChosenPath {
  const reference: ChosenPath = {
    path: 'reference',
    allocator: arrayAllocator,
    optimizerBackend: undefined,
    executor: (parameters) => new ReferenceExecutor(plan, parameters),
  };
  if (wanted === 'reference') return reference;
  const fused = planFused(plan);
  if ('field' in fused) {
    if (wanted === undefined) return reference;
    throw new ArgumentError(
      'path',
      `'reference' for this architecture (fused needs ${fused.field}: ${fused.expected})`,
      wanted,
    );
  }
  const host = engine ?? (wanted === undefined ? engineOrUndefined() : defaultEngine());
  if (!host) return reference;
  return {
    path: 'fused',
    allocator: new EngineAllocator(host),
    optimizerBackend: new EngineOptimizerBackend(host),
    executor: (parameters) => new FusedExecutor(host, plan, fused, parameters),
  };
}
