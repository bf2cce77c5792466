import { oneOf } from '@throughtime/errors';
import {
  defaultEngine,
  type Engine,
  EngineError,
  EngineMemoryError,
  engineOrUndefined,
} from '@throughtime/wasm-kernels';
import { FusedPathError } from '../errors.js';
import { type Allocator, arrayAllocator } from '../parameters/parameter.js';
import { builtInCellNames, isBuiltIn, type ResolvedConfig } from '../parameters/recurrent-config.js';
import { EngineAllocator } from './engine-allocator.js';
import { EngineOptimizerBackend } from './engine-optimizer-backend.js';

/**
 * What computes a recurrent network:
 * - `fused`: the engine of `@throughtime/wasm-kernels`, tens of times faster; every option, every cell but one of your own
 * - `reference`: plain tfjs operations, on whichever backend is set; every cell and option
 */
export type ExecutionPath = (typeof executionPaths)[number];

/** Every {@link ExecutionPath}. */
export const executionPaths = ['fused', 'reference'] as const;

/** The check of an option `path`. */
export const executionPath = oneOf(executionPaths);

/** Why the engine cannot run a network: the field, and what it would have to be. */
export interface EngineObstacle {
  /** The field of the configuration that the engine has no kernel for. */
  readonly field: string;
  /** What the field would have to be. */
  readonly expected: string;
}

/**
 * What a network has that the engine does not compute, or undefined.
 * @param stacks runs of equal layers, bottom first, which differ in size alone
 */
export function networkObstacle([{ cell }]: readonly ResolvedConfig[]): EngineObstacle | undefined {
  return isBuiltIn(cell) ? undefined : { field: 'cell', expected: builtInCellNames.join(', ') };
}

/** What decides where a network runs. */
export interface ExecutionOptions {
  /** What was asked for. Default: fused where the engine runs and nothing is in its way. */
  readonly path?: ExecutionPath | undefined;
  /** Whose memory and threads the fused path uses. Default: the one that all share. */
  readonly engine?: Engine | undefined;
  /** What the engine cannot compute of this network; undefined for nothing. */
  readonly obstacle: EngineObstacle | undefined;
}

/** Where a network runs, and where its parameters lie. */
export type Execution =
  | {
      readonly path: 'fused';
      /** Whose memory and threads are used. */
      readonly engine: Engine;
      /** Where parameters are put. */
      readonly allocator: Allocator;
      /** Norms and updates where the parameters lie. */
      readonly optimizerBackend: EngineOptimizerBackend;
    }
  | {
      readonly path: 'reference';
      /** Where parameters are put. */
      readonly allocator: Allocator;
    };

/**
 * Where a network with parameters of its own runs. Without memory or threads for the engine the default is the reference path.
 * @throws FusedPathError when the fused path is asked for and cannot be taken
 */
export function chooseExecution(options: ExecutionOptions): Execution {
  const engine = chooseEngine(options);
  if (!engine) return { path: 'reference', allocator: arrayAllocator };
  return {
    path: 'fused',
    engine,
    allocator: new EngineAllocator(engine),
    optimizerBackend: new EngineOptimizerBackend(engine),
  };
}

/**
 * The engine that runs a network; undefined: the reference path does.
 * @throws FusedPathError when the fused path is asked for and cannot be taken
 */
export function chooseEngine({ path, engine, obstacle }: ExecutionOptions): Engine | undefined {
  if (path !== undefined) executionPath('path', path);
  if (path === 'reference') return undefined;
  if (obstacle) {
    if (path === undefined) return undefined;
    throw new FusedPathError(
      `'reference' for this architecture (fused needs ${obstacle.field}: ${obstacle.expected})`,
    );
  }
  if (engine) return engine;
  if (path === undefined) return engineOrUndefined();
  try {
    return defaultEngine();
  } catch (cause) {
    if (!(cause instanceof EngineError || cause instanceof EngineMemoryError)) throw cause;
    throw new FusedPathError(`'reference' where the engine cannot run (${cause.message})`, { cause });
  }
}
