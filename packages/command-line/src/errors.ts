import { ThroughtimeError } from '@throughtime/errors';

/**
 * The user's input cannot be worked with: reported as one line, exit code 2. The message names the option, what was
 * expected and what came.
 */
export class UsageError extends ThroughtimeError {
  override name = 'UsageError';
}
