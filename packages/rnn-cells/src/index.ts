export type { LayerState, Parameter } from '@throughtime/contract';
export { ArgumentError } from '@throughtime/errors';
export { FusedPathError, MissingWeightError, ReferencePathError, ShapeMismatchError } from './errors.js';
export {
  chooseExecution,
  type EngineObstacle,
  type Execution,
  type ExecutionOptions,
  type ExecutionPath,
  executionPath,
  executionPaths,
  networkObstacle,
} from './execution/choose-execution.js';
export { CompiledShapes } from './execution/compiled-shapes.js';
export { EngineAllocator } from './execution/engine-allocator.js';
export { engineCell, engineDropout, engineLayers } from './execution/engine-names.js';
export { EngineOptimizerBackend } from './execution/engine-optimizer-backend.js';
export {
  type OnDemand,
  type OnDemandModule,
  onDemand,
} from './execution/reference-path.js';
export {
  createSequenceNetwork,
  type SequenceNetwork,
  type SequenceNetworkOptions,
} from './execution/sequence-network.js';
export type { ChunkShape, SequenceOutputs, SequenceState } from './execution/sequences.js';
export type { CustomCellName, CustomCellParts } from './parameters/custom-cells.js';
export {
  type Initializer,
  type InitializerTarget,
  normal,
  orthogonal,
  uniform,
  uniformByHiddenSize,
  xavierUniform,
} from './parameters/initializers.js';
export { type DrawMasksOptions, drawMasks, type Mask, type RecurrentMasks } from './parameters/masks.js';
export {
  type AttentionKind,
  type AttentionOptions,
  attentionKind,
  attentionParameters,
  type EmbeddingOptions,
  embeddingParameters,
  type LinearOptions,
  linearParameters,
  type OperationParametersOptions,
} from './parameters/operation-parameters.js';
export { type Allocator, arrayAllocator, createParameter } from './parameters/parameter.js';
export type { ParameterRole, ParameterShape } from './parameters/parameter-shape.js';
export { parameterShapes } from './parameters/parameter-shapes.js';
export {
  type BuiltInCellName,
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
} from './parameters/recurrent-config.js';
export { type RecurrentParametersOptions, recurrentParameters } from './parameters/recurrent-parameters.js';
export { zeroState } from './parameters/zero-state.js';
