/** What was asked for cannot be done as asked: shown as one line, exit code 2. */
export class InputError extends Error {
  name = 'InputError';
}
