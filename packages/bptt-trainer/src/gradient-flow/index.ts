export { type JacobianNorms, jacobianNorms } from './jacobian-norms.js';
export {
  gradientsByClosedForm,
  gradientsByRecurrence,
  type LinearRnn,
  type LinearRnnGradients,
  type LinearRnnPass,
  linearRnnPass,
} from './linear-rnn.js';
export { type Matrix, matrix, randomMatrix, spectralNorm, spectralRadius } from './matrix.js';
export { type PowerAlignment, powerAlignment } from './power-alignment.js';
export {
  type RandomizedEstimate,
  type RandomizedEstimateOptions,
  randomizedEstimate,
} from './randomized-estimate.js';
export { type SideBySideOptions, sideBySide, type Variant, type VariantResult } from './side-by-side.js';
export { logSlope } from './slope.js';
export {
  type SpectralRadiusRow,
  type SpectralRadiusSweepOptions,
  spectralRadiusSweep,
} from './spectral-radius-sweep.js';
export { truncatedGradient } from './truncated-gradient.js';
export { type TruncationError, truncationErrors } from './truncation-error.js';
