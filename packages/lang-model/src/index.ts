export {
  CachePointerModel,
  type CachePointerOptions,
  type CachePointerState,
  type ModelWithOutput,
} from './combination/cache-pointer.js';
export { fitMixtureWeights, type MixtureFitOptions, MixtureLanguageModel } from './combination/mixture.js';
export {
  EmptySequenceError,
  InvalidOptionError,
  TokenOutOfRangeError,
  UnknownTokenError,
  VocabularyMismatchError,
} from './errors.js';
export {
  bitsPerToken,
  type Evaluation,
  type EvaluationOptions,
  evaluate,
  perplexity,
} from './evaluation/perplexity.js';
export { tokenLogProbabilities } from './evaluation/token-log-probabilities.js';
export { type UnigramFloorOptions, unigramPerplexity } from './evaluation/unigram-floor.js';
export { type BeamSearchOptions, beamSearch, type Hypothesis } from './generation/beam-search.js';
export { type GenerateOptions, generate } from './generation/generate.js';
export { createSampler, type Sampler, type SamplingOptions } from './generation/sampler.js';
export type { LanguageModel } from './language-model.js';
