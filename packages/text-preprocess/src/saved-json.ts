import { InvalidFormatError } from './errors.js';

/**
 * What was saved as JSON, from its parsed value or its text.
 * @param what names it in the error
 * @throws InvalidFormatError when the text is no JSON
 */
export function savedJson(json: unknown, what: string): unknown {
  if (typeof json !== 'string') return json;
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new InvalidFormatError(what, 'expected JSON; the file may be damaged or cut short', { cause });
  }
}
