export type { LayerState } from '@throughtime/contract';
export { ArgumentError } from '@throughtime/errors';
export type { Simd } from './engine/binary.js';
export {
  defaultEngine,
  Engine,
  type EngineOptions,
  engineOrUndefined,
  runningEngine,
  setThreads,
} from './engine/engine.js';
export {
  EngineError,
  EngineMemoryError,
  EngineMemoryFullError,
  EngineNotLoadedError,
} from './engine/errors.js';
export { type LoadEngineOptions, loadEngine } from './engine/module.js';
export { operationName } from './engine/operations.js';
export { type GemmOptions, gemm } from './ops/gemm.js';
export { GradientNorm } from './ops/gradient-norm.js';
export { type ElementwiseMap, map } from './ops/map.js';
export {
  MultiTensorOptimizer,
  type MultiTensorOptimizerOptions,
  type UpdateOptions,
  type UpdateRuleName,
} from './ops/optimizer.js';
export type { Trained } from './ops/tensor-list.js';
export type { Cell } from './recurrent/cell.js';
export type { Chunk } from './recurrent/chunk.js';
export {
  type ChunkResult,
  CompiledLanguageModel,
  type LanguageModelPassOptions,
} from './recurrent/compiled-language-model.js';
export type { Dropout } from './recurrent/dropout.js';
export { fromInt8Rows, type Int8Rows, toInt8Rows } from './recurrent/int8-rows.js';
export type {
  ActivationPenalty,
  CompiledLanguageModelOptions,
  LanguageModelParameters,
  LanguageModelSize,
} from './recurrent/language-model-options.js';
export {
  LanguageModelStepper,
  type LanguageModelStepperOptions,
} from './recurrent/language-model-stepper.js';
export type { LayerParameters } from './recurrent/layer-parameters.js';
export {
  RecurrentStack,
  type RecurrentStackOptions,
  type StackForwardOptions,
  type ZoneoutMasks,
} from './recurrent/recurrent-stack.js';
export type { Zoneout } from './recurrent/zoneout.js';
