export { type Awaitable, type AwaitableSteps, allReady, ready, runSteps, whenReady } from './awaitable.js';
export type {
  BatchCursor,
  BatchIterator,
  BatchSource,
  LabeledBatch,
  PairBatch,
  TokenBatch,
  TrainingBatch,
} from './batches.js';
export type { AwaitableLanguageModel, LanguageModel } from './language-model.js';
export type { LayerState } from './layer-state.js';
export type { LiveArray, OptimizerBackend, StepSize, UpdateRule, UpdateTarget } from './optimizer.js';
export type { Parameter } from './parameter.js';
export type {
  Reduction,
  StepOptions,
  StepResult,
  TrainableModel,
  TruncationCapability,
} from './trainable-model.js';
