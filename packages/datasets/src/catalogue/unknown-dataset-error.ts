import { ThroughtimeError } from '@throughtime/errors';
/** A data set that the catalogue does not have. */
export class UnknownDatasetError extends ThroughtimeError {
  override name = 'UnknownDatasetError';

  constructor(kind: 'text' | 'series', got: string, known: readonly string[]) {
    super(`name: expected a ${kind} of the catalogue (${known.join(', ')}), got '${got}'`);
  }
}
