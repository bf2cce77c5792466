import type { TrainingLogger } from './logger.js';

/**
 * Every event as one line of JSON. NaN and infinities, which JSON has not, are written as the strings that `Number` reads.
 * @param write is given each line, its line feed included
 */
export function jsonLines(write: (text: string) => void | Promise<void>): TrainingLogger {
  return {
    log: (event) =>
      write(
        `${JSON.stringify(event, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))}\n`,
      ),
  };
}
