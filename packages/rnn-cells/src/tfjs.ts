// What is tfjs by nature: layers and unrolling on tensors. Importing it also provides the reference path to networks.
import * as referenceNetwork from './execution/reference-network.js';
import { referencePath } from './execution/reference-path.js';

export type { CellStep } from './cells/cell.js';
export { type CellProducts, type CustomCell, defineCell } from './cells/define-cell.js';
export { type LinearWeights, linearMap } from './cells/linear.js';
export type { Unrolled, UnrollOptions, UnrollPath } from './execution/network-call.js';
export {
  computeArrays,
  flatState,
  type LossWithReadings,
  lossAndGradients,
  parameterTensors,
  readArrays,
  shapedState,
  stateArrays,
  stateTensors,
} from './execution/tensors.js';
export { unroll } from './execution/unroll.js';
export { BidirectionalLayer, bidirectional } from './layers/bidirectional.js';
export { type DropoutOptions, dropout } from './layers/dropout.js';
export {
  assignWeights,
  type LayerWeightsOptions,
  type WeightHolder,
  type WeightTensor,
  weightTensors,
} from './layers/layer-weights.js';
export { attention, dense, embedding, type OperationLayer } from './layers/operation-layers.js';
export { RecurrentLayer } from './layers/recurrent-layer.js';
export {
  type CustomLayerOptions,
  customLayer,
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
export { type Attended, type AttentionMemory, attend } from './operations/attend.js';
export { embed } from './operations/embed.js';
export { type CountedRows, maskedCrossEntropy, unitVectors } from './operations/masked-cross-entropy.js';
export { lastStep, maxPool, meanPool } from './operations/pooling.js';

referencePath.provide(referenceNetwork);
