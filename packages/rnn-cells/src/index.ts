export { InvalidRecurrentConfigError, MissingWeightError, ShapeMismatchError } from './errors.js';
export {
  type Initializer,
  type InitializerTarget,
  normal,
  orthogonal,
  uniform,
  uniformByHiddenSize,
  xavierUniform,
} from './initializers.js';
export { type LayerState, stateArrays, stateTensors, zeroState } from './layer-state.js';
export { lossAndGradients, parameterTensors } from './loss-and-gradients.js';
export { type DrawMasksOptions, drawMasks, type Mask, type RecurrentMasks } from './masks.js';
export { type Allocator, arrayAllocator, Parameter } from './parameter.js';
export { type ParameterRole, type ParameterShape, parameterShapes } from './parameter-shapes.js';
export {
  type CellName,
  type DropoutConfig,
  type RecurrentConfig,
  type ResolvedConfig,
  resolveConfig,
  type ZoneoutConfig,
} from './recurrent-config.js';
export { type RecurrentParametersOptions, recurrentParameters } from './recurrent-parameters.js';
export { type Unrolled, type UnrollOptions, unroll } from './unroll.js';
