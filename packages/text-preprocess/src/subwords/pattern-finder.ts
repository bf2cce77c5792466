import { type SavedFields, showValue } from '@throughtime/errors';
import { translateOniguruma, UntranslatablePattern } from '../bpe/oniguruma.js';
import { InvalidFormatError } from '../errors.js';
import {
  checkPatternLength,
  type Finder,
  linearFinder,
  NonlinearPatternError,
} from '../tokenizers/linear-pattern.js';
import { invalid } from './fields.js';
import { requireShort } from './token-ids.js';

/** Finds what the `pattern` of a part of a `tokenizer.json` means: a text, or an expression of Oniguruma's. */
export function patternFinder(pattern: SavedFields, path: string): Finder {
  const { String: text, Regex: regex } = pattern;
  if (typeof text === 'string' && text !== '') {
    requireShort(`${path}.String`, text);
    // linear: no repetition: a text, escaped
    const literal = new RegExp(escapeAll(text), 'gu');
    return (searched) => searched.matchAll(literal);
  }
  if (typeof regex !== 'string') throw invalid(`${path}: expected { String } or { Regex }`);
  try {
    checkPatternLength(regex);
    return linearFinder(translateOniguruma(regex));
  } catch (cause) {
    if (!(cause instanceof UntranslatablePattern || cause instanceof NonlinearPatternError)) throw cause;
    const problem = `${path}.Regex: expected an expression that JavaScript has too, got ${showValue(regex)}`;
    throw new InvalidFormatError('tokenizer.json', `${problem}: ${cause.message}; not supported`, { cause });
  }
}

function escapeAll(text: string): string {
  return Array.from(text, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join('');
}
