export type {
  BatchCursor,
  BatchIterator,
  BatchSource,
  LiveArray,
  OptimizerBackend,
  Parameter,
  Reduction,
  StepOptions,
  StepResult,
  StepSize,
  TrainableModel,
  TrainingBatch,
  TruncationCapability,
  UpdateRule,
  UpdateTarget,
} from '@throughtime/contract';
export { ArgumentError } from '@throughtime/errors';
export type { Batches } from './batches/batches.js';
export { type SliceSteps, sliceSteps } from './batches/slice-steps.js';
export {
  CheckpointMismatchError,
  CheckpointWriteError,
  InvalidCheckpointError,
  NonFiniteGradientError,
  NonFiniteLossError,
  NonFiniteWeightError,
  UnsupportedTruncationError,
} from './errors.js';
export { evaluateBatches } from './evaluate-batches.js';
export type {
  CheckpointEvent,
  EndEvent,
  EndReason,
  EpochEvent,
  Fit,
  StepEvent,
  TrainingEvent,
} from './events.js';
export type { FitOptions } from './fit-options.js';
export { type CsvOptions, csv } from './loggers/csv.js';
export { jsonLines } from './loggers/json-lines.js';
export { type TrainingLogger, withLoggers } from './loggers/logger.js';
export { describeEvent, type ProgressLineOptions, progressLine } from './loggers/progress-line.js';
export { type TensorBoardOptions, tensorBoard } from './loggers/tensor-board.js';
export { type AdadeltaOptions, adadelta } from './optimizers/adadelta.js';
export { type AdagradOptions, adagrad } from './optimizers/adagrad.js';
export { type AdamOptions, adam, adamW } from './optimizers/adam.js';
export { adamax } from './optimizers/adamax.js';
export {
  type AveragedSgdOptions,
  averagedSgd,
  type NonMonotonicOptions,
  nonMonotonicAveragedSgd,
} from './optimizers/averaged-sgd.js';
export { lamb } from './optimizers/lamb.js';
export { type NAdamOptions, nadam } from './optimizers/nadam.js';
export type { Optimizer, OptimizerOptions } from './optimizers/optimizer.js';
export {
  frozenSecondBiases,
  isBias,
  type ParameterGroup,
  undecayedBiases,
} from './optimizers/parameter-groups.js';
export { plainBackend } from './optimizers/plain-backend.js';
export { radam } from './optimizers/radam.js';
export { type RmsPropOptions, rmsProp } from './optimizers/rms-prop.js';
export { type SgdOptions, sgd } from './optimizers/sgd.js';
export type { EarlyStoppingOptions } from './run/validations.js';
export { type CosineOptions, cosine } from './schedules/cosine.js';
export { type CyclicalOptions, cyclical, cyclicalDefaults } from './schedules/cyclical.js';
export { exponentialAfter } from './schedules/exponential-after.js';
export { type OnPlateauOptions, onPlateau, type PlateauMemory } from './schedules/on-plateau.js';
export {
  type OneCycleMemory,
  type OneCycleOptions,
  oneCycle,
  oneCycleDefaults,
} from './schedules/one-cycle.js';
export {
  constant,
  positional,
  type Schedule,
  type SchedulePosition,
  type UpdatePlan,
} from './schedules/schedule.js';
export { warmUp } from './schedules/warm-up.js';
export { decodeCheckpoint, encodeCheckpoint } from './snapshot/format.js';
export type { RunIdentity, RunMemory, SnapshotTensor, TrainerSnapshot } from './snapshot/snapshot.js';
export type { CheckpointOptions, CheckpointStore } from './snapshot/store.js';
export { BpttTrainer } from './trainer.js';
export type { TrainerOptions } from './trainer-options.js';
export {
  type RandomLengthsOptions,
  randomLengths,
  randomLengthsDefaults,
} from './truncation/random-lengths.js';
export { randomized } from './truncation/randomized.js';
export { type RegularOptions, regular } from './truncation/regular.js';
export { full, type Truncation, type Window } from './truncation/truncation.js';
export type { NodeEndpoint, WebEndpoint } from './worker/channel.js';
export {
  type RemoteFitOptions,
  RemoteTrainer,
  TrainerBusyError,
  WorkerLostError,
} from './worker/remote-trainer.js';
export { serveTraining, type TrainingTask } from './worker/serve-training.js';
