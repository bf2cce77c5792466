// Models, which are tfjs by nature.
export {
  decodeTask,
  encodeTask,
  type LoadedTask,
  type LoadTaskOptions,
  type SaveTaskOptions,
  type TaskFileName,
  type TaskFiles,
  type TaskModel,
  type TaskVocabularies,
} from './files/task-files.js';
export {
  type DecoderStep,
  EncoderDecoder,
  type EncoderDecoderConfig,
  type Memory,
  type Sources,
  type TranslateOptions,
  type Translation,
} from './models/encoder-decoder.js';
export { NeuralTuringMachine, type NeuralTuringMachineOptions } from './models/neural-turing-machine.js';
export type { TaskModelOptions, TaskNetworkOptions } from './models/recurrent-options.js';
export { type Labels, SequenceLabeler, type SequenceLabelerConfig } from './models/sequence-labeler.js';
