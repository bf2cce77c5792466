export type { LayerState, Parameter } from '@throughtime/contract';
export { ArgumentError } from '@throughtime/errors';
export { EngineAllocator } from './engine/engine-allocator.js';
export { EngineOptimizerBackend } from './engine/engine-optimizer-backend.js';
export {
  FusedPathError,
  MissingWeightError,
  ShapeMismatchError,
} from './errors.js';
export {
  type Initializer,
  type InitializerTarget,
  normal,
  orthogonal,
  uniform,
  uniformByHiddenSize,
  xavierUniform,
} from './initializers.js';
export { stateArrays, stateTensors, zeroState } from './layer-state.js';
export { BidirectionalLayer, bidirectional } from './layers/bidirectional.js';
export { type DropoutOptions, dropout } from './layers/dropout.js';
export { RecurrentLayer } from './layers/recurrent-layer.js';
export {
  type GruOptions,
  gru,
  type LayerOptions,
  type LstmOptions,
  lstm,
  minGru,
  minLstm,
  type RecurrentLayerOptions,
  type RnnOptions,
  rnn,
} from './layers/recurrent-layers.js';
export type { SequenceLayer, UnrollLayerCall } from './layers/sequence-layer.js';
export { type StackableLayer, type StackDropout, type StackOptions, stack } from './layers/stack.js';
export { lossAndGradients, parameterTensors } from './loss-and-gradients.js';
export { type DrawMasksOptions, drawMasks, type Mask, type RecurrentMasks } from './masks.js';
export type { Unrolled, UnrollOptions } from './network-call.js';
export { type Allocator, arrayAllocator, createParameter } from './parameter.js';
export { type ParameterRole, type ParameterShape, parameterShapes } from './parameter-shapes.js';
export {
  type CellName,
  cellCheck,
  type DropoutConfig,
  dropoutChecks,
  type RecurrentConfig,
  type ResolvedConfig,
  recurrentConfigChecks,
  resolveConfig,
  type ZoneoutConfig,
  zoneoutChecks,
} from './recurrent-config.js';
export { type RecurrentParametersOptions, recurrentParameters } from './recurrent-parameters.js';
export { unroll } from './unroll.js';
export type { UnrollPath } from './unroll-path.js';
