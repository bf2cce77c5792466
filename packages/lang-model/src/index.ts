export type { Awaitable, TokenBatch } from '@throughtime/contract';
export { ArgumentError } from '@throughtime/errors';
export { type ActivationPenalty, loadEngine } from '@throughtime/wasm-kernels';
export {
  CachePointerModel,
  type CachePointerOptions,
  type CachePointerState,
} from './combination/cache-pointer.js';
export { fitMixtureWeights, type MixtureFitOptions, MixtureLanguageModel } from './combination/mixture.js';
export {
  type CompressibleText,
  type CompressOptions,
  compress,
  type DecompressOptions,
  decompress,
} from './compression/compress.js';
export {
  EmptySequenceError,
  TokenOutOfRangeError,
  UnknownPromptTokenError,
  VocabularyMismatchError,
} from './errors.js';
export { type Connectivity, type ConnectivityOptions, connectivity } from './evaluation/connectivity.js';
export {
  type AdaptableModel,
  type DynamicEvaluationOptions,
  dynamicEvaluation,
  type GradientSquaresOptions,
  gradientSquares,
} from './evaluation/dynamic-evaluation.js';
export {
  type BatchEvaluator,
  evaluateStreams,
  type StreamEvaluation,
  type StreamEvaluationOptions,
} from './evaluation/evaluate-streams.js';
export {
  bitsPerToken,
  type Evaluation,
  type EvaluationOptions,
  evaluate,
  perplexity,
  tokenLogProbabilities,
} from './evaluation/perplexity.js';
export { type StreamBatches, type StreamBatchesOptions, streamBatches } from './evaluation/stream-batches.js';
export { type UnigramFloorOptions, unigramPerplexity } from './evaluation/unigram-floor.js';
export { type ModelFileName, type ModelFiles, modelFileNames } from './files/file-contents.js';
export type { LoadModelOptions } from './files/fingerprint.js';
export type { ModelConfigJson } from './files/model-config-json.js';
export {
  decodeModel,
  encodeModel,
  type LoadedModel,
  type SaveModelOptions,
} from './files/model-files.js';
export {
  DamagedModelFileError,
  MissingModelFileError,
  ModelFileError,
  NewerModelFileError,
} from './files/model-files-error.js';
export { type BeamSearchOptions, beamSearch, type Hypothesis } from './generation/beam-search.js';
export { type GenerateOptions, generate } from './generation/generate.js';
export { type GenerateBatchOptions, generateBatch } from './generation/generate-batch.js';
export {
  encodePrompt,
  type GenerateTextOptions,
  generateText,
  type TextModel,
} from './generation/generate-text.js';
export { createSampler, type Sampler, type SamplingOptions } from './generation/sampler.js';
export { type TopToken, topTokens } from './generation/top-tokens.js';
export { type RankedUnit, rankUnits, type UnitFeature } from './interpretation/rank-units.js';
export {
  type TextFeature,
  type TextFeatureName,
  textFeatureNames,
  textFeatures,
} from './interpretation/text-features.js';
export type {
  AwaitableLanguageModel,
  BatchLanguageModel,
  LanguageModel,
  ModelWithOutput,
} from './language-model.js';
export * from './ngram/index.js';
export { exportOnnx, UnsupportedExportError } from './onnx/export-onnx.js';
export {
  initializerOf,
  type Preset,
  type PresetInitializer,
  type PresetOptimizer,
  type PresetTraining,
} from './presets/preset.js';
export { type PresetName, preset, presetNames } from './presets/presets.js';
export type {
  LanguageStepOptions,
  LanguageStepResult,
  RecurrentModelState,
  SequenceScores,
} from './recurrent/executor.js';
export {
  type LayerStack,
  type ModelDropout,
  type RecurrentModelConfig,
  type ResolvedModelConfig,
  resolveModelConfig,
} from './recurrent/model-config.js';
export { type ParameterCountOptions, parameterCount } from './recurrent/parameter-count.js';
export { quantizeModel } from './recurrent/quantize-model.js';
export {
  RecurrentLanguageModel,
  type RecurrentLanguageModelOptions,
} from './recurrent/recurrent-language-model.js';
export type { WeightForm } from './recurrent/weight-form.js';
