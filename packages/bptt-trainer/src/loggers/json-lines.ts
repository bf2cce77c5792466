import { callback } from '@throughtime/errors';
import type { TrainingLogger } from './logger.js';

/**
 * Every event as one line of JSON. JSON has no NaN and no infinities: they are written as the strings that `Number` reads.
 * @param write gets each line with its line feed
 * @throws ArgumentError
 */
export function jsonLines(write: (text: string) => void | Promise<void>): TrainingLogger {
  callback('write', write);
  const replaced = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return { log: (event) => write(`${JSON.stringify(event, replaced)}\n`) };
}
