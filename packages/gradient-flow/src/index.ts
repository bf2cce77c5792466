export { ArgumentError } from '@throughtime/errors';
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
export {
  logSlope,
  type PowerAlignment,
  powerAlignment,
  type SpectralRadiusRow,
  type SpectralRadiusSweepOptions,
  spectralRadiusSweep,
} from './matrix-powers.js';
export { type SideBySideOptions, sideBySide, type Variant, type VariantResult } from './side-by-side.js';
export {
  type RandomizedEstimate,
  type RandomizedEstimateOptions,
  randomizedEstimate,
  type TruncationError,
  truncatedGradient,
  truncationErrors,
} from './truncated-gradients.js';
