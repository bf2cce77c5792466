import { type ArgumentErrorOptions, showValue, ThroughtimeError } from '@throughtime/errors';

/** The files of a saved model are missing, damaged, of another kind, or of a newer release. */
export class InvalidTaskModelError extends ThroughtimeError {
  override name = 'InvalidTaskModelError';

  /**
   * @param part the file, and what in it
   * @param got the value itself, or `inWords` where words say more
   */
  constructor(part: string, expected: string, got: unknown, { hint, ...options }: ArgumentErrorOptions = {}) {
    const shown = showValue(got);
    super(`saved model, ${part}: expected ${expected}, got ${shown}${hint ? ` (${hint})` : ''}`, options);
  }
}
