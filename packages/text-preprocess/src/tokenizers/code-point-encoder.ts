import { UnknownTokenError } from '../errors.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { isHighSurrogate, isLowSurrogate } from './surrogates.js';
import type { TextEncoding } from './tokenizer.js';

const MISSING = -1;

/**
 * Ids of the code points of a text, by a table over the basic plane (256 KiB, one load a character) and a map for the
 * rest.
 */
export function codePointEncoder(vocabulary: Vocabulary): TextEncoding {
  const unknownId = vocabulary.unknownId ?? MISSING;
  const basic = new Int32Array(0x10000).fill(unknownId);
  const others = new Map<number, number>();
  vocabulary.tokens.forEach((token, id) => {
    const code = token.codePointAt(0);
    if (code === undefined || token.length !== (code > 0xffff ? 2 : 1)) return;
    if (code > 0xffff) others.set(code, id);
    else basic[code] = id;
  });

  return (text) => {
    const ids = new Int32Array(text.length);
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      let id = basic[unit];
      if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
        id = others.get(text.codePointAt(i)!) ?? unknownId;
        i++;
      }
      if (id === MISSING) throw new UnknownTokenError(lastCharacter(text, i));
      ids[length++] = id;
    }
    // Shorter only where there are surrogate pairs; a copy then, so that no one keeps twice the memory alive.
    return length === ids.length ? ids : ids.slice(0, length);
  };
}

/** The character whose last unit is at `end`. */
function lastCharacter(text: string, end: number): string {
  const paired = isLowSurrogate(text.charCodeAt(end)) && isHighSurrogate(text.charCodeAt(end - 1));
  return text.slice(paired ? end - 1 : end, end + 1);
}
