import {
  InvalidArgumentError,
  MissingValueError,
  SeriesFormatError,
  SeriesTooShortError,
  UnknownColumnError,
  UnknownDatasetError,
} from '@throughtime/datasets';
import { ForecastingError } from '@throughtime/forecasting';

/** What a user's input can cause: reported in one line, with exit code 2. */
export const inputErrors = [
  ForecastingError,
  InvalidArgumentError,
  MissingValueError,
  SeriesFormatError,
  SeriesTooShortError,
  UnknownColumnError,
  UnknownDatasetError,
];
