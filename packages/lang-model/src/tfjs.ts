// What is tfjs by nature: the chapter's model from scratch. Importing it also provides the reference path to recurrent models.
import '@throughtime/rnn-cells/tfjs';
import { referenceModel } from './recurrent/reference-executor.js';
import * as tfjsModel from './recurrent/reference-model.js';

export {
  crossEntropy,
  RnnFromScratch,
  type RnnFromScratchOptions,
  type RnnWeights,
  rnnForward,
} from './from-scratch/rnn-from-scratch.js';

referenceModel.provide(tfjsModel);
