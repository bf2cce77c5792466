/**
 * The user's input cannot be worked with: reported as one line, exit code 2. The message names the argument, what was
 * expected and what came.
 */
export class UsageError extends Error {
  override name = 'UsageError';
}
