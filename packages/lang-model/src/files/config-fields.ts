import { DamagedModelFileError } from './model-files-error.js';

/** @throws DamagedModelFileError unless the text of a `config.json` is JSON */
export function parseConfigText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damagedConfig('expected JSON; the file may be damaged or cut short', { cause });
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong with a `config.json`. */
export function damagedConfig(problem: string, options?: ErrorOptions): DamagedModelFileError {
  return new DamagedModelFileError('config.json', problem, options);
}
