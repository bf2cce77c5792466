// What is tfjs by nature: layers and unrolling on tensors. Importing it also provides the reference path to networks.
import * as referenceNetwork from './execution/reference-network.js';
import { referencePath } from './execution/reference-path.js';

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

referencePath.provide(referenceNetwork);
