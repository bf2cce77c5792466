import {
  DownloadError,
  InvalidArgumentError,
  MissingValueError,
  SeriesFormatError,
  SeriesTooShortError,
  UnknownColumnError,
  UnknownDatasetError,
} from '@throughtime/datasets';
import { ForecastingError } from '@throughtime/forecasting';

/** What a user's input, or a network that does not answer, can cause: reported in one line, with exit code 2. */
export const inputErrors = [
  ForecastingError,
  DownloadError,
  InvalidArgumentError,
  MissingValueError,
  SeriesFormatError,
  SeriesTooShortError,
  UnknownColumnError,
  UnknownDatasetError,
];
