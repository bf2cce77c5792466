export { defaultEngine, Engine, type EngineOptions, setThreads } from './engine/engine.js';
export { EngineError, EngineMemoryError, KernelArgumentError } from './engine/errors.js';
export type { Simd } from './engine/module.js';
export { operationName } from './engine/operations.js';
export { type GemmOptions, gemm } from './ops/gemm.js';
export { type ElementwiseMap, map } from './ops/map.js';
export { MultiTensorOptimizer, type Trained, type UpdateOptions, type UpdateRule } from './ops/optimizer.js';
export type { Cell } from './recurrent/cell.js';
export type { Dropout } from './recurrent/dropout.js';
export type { LanguageModelParameters, LanguageModelSize } from './recurrent/languageModelParameters.js';
export {
  type Chunk,
  type ChunkResult,
  LanguageModelPlan,
  type LanguageModelPlanOptions,
} from './recurrent/languageModelPlan.js';
export { LanguageModelStepper, type LanguageModelStepperOptions } from './recurrent/languageModelStepper.js';
export type { LayerParameters } from './recurrent/layerParameters.js';
export {
  RecurrentStack,
  type RecurrentStackOptions,
  type StackForwardOptions,
} from './recurrent/recurrentStack.js';
export type { LayerState } from './recurrent/stackState.js';
