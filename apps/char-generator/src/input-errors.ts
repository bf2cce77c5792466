import {
  CheckpointMismatchError,
  CheckpointWriteError,
  InvalidCheckpointError,
  NonFiniteGradientError,
  NonFiniteLossError,
  NonFiniteWeightError,
} from '@throughtime/bptt-trainer';
import {
  CorpusTooShortError,
  DownloadError,
  EmptyCorpusError,
  UnknownDatasetError,
} from '@throughtime/datasets';
import {
  ArgumentError,
  ArpaTokenError,
  EmptySequenceError,
  ModelFileError,
  UnknownPromptTokenError,
  UnsupportedExportError,
} from '@throughtime/lang-model';
import { InvalidUtf8Error } from '@throughtime/text-preprocess';

/** What the user can mend, by other options, another file or another folder: told in one line, exit code 2. */
export const inputErrors = [
  ArpaTokenError,
  CheckpointMismatchError,
  CheckpointWriteError,
  CorpusTooShortError,
  DownloadError,
  EmptyCorpusError,
  EmptySequenceError,
  InvalidCheckpointError,
  ArgumentError,
  InvalidUtf8Error,
  ModelFileError,
  NonFiniteGradientError,
  NonFiniteLossError,
  NonFiniteWeightError,
  UnknownDatasetError,
  UnknownPromptTokenError,
  UnsupportedExportError,
];
