import { longestMessage, shortened } from './show-value.js';

/**
 * The base class of every error that throughtime's packages throw on purpose. Catch it to tell bad input from a defect.
 *
 * Its message is one sentence of the form `argument: expected X, got Y`, fit to be shown to a person.
 */
export class ThroughtimeError extends Error {
  override name = 'ThroughtimeError';

  /** @param message cut where it is longer than 1000 characters: it may quote a file, and files come from strangers */
  constructor(message?: string, options?: ErrorOptions) {
    super(message === undefined ? message : shortened(message, longestMessage), options);
  }

  /**
   * Whether whoever called can fix it: with another argument, another file, another folder. Commands then print the message
   * alone and exit with code 2. Default true; errors of the machine (a lost worker) say false.
   */
  get isUserError(): boolean {
    return true;
  }
}

/**
 * Whether an error is one that the user can fix. It asks the error's mark, not its class, so it also knows errors of a
 * second copy of these packages.
 */
export function isUserError(error: unknown): error is Error {
  return error instanceof Error && (error as { isUserError?: unknown }).isUserError === true;
}

/** The message of anything that was thrown, errors or not. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
