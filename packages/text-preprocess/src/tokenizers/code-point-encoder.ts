import { UnknownTokenError } from '../errors.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { TextEncoding } from './tokenizer.js';

/** In the table: a surrogate, or a character that has no id. */
const LOOK_CLOSER = -1;

/**
 * Ids of the code points of a text, by a table over the basic plane (256 KiB: one load and one comparison a character) and a
 * map for the rest.
 */
export function codePointEncoder(vocabulary: Vocabulary): TextEncoding {
  const { unknownId } = vocabulary;
  const table = new Int32Array(0x10000).fill(unknownId ?? LOOK_CLOSER);
  table.fill(LOOK_CLOSER, 0xd800, 0xe000);
  const others = new Map<number, number>();
  vocabulary.tokens.forEach((token, id) => {
    const code = token.codePointAt(0);
    if (code === undefined || token.length !== (code > 0xffff ? 2 : 1)) return;
    if (code < 0xd800 || (code >= 0xe000 && code <= 0xffff)) table[code] = id;
    else others.set(code, id);
  });

  return (text) => {
    const units = text.length;
    const ids = new Int32Array(units);
    let pairs = 0;
    for (let i = 0; i < units; i++) {
      const id = table[text.charCodeAt(i)];
      if (id !== LOOK_CLOSER) {
        ids[i - pairs] = id;
        continue;
      }
      const code = text.codePointAt(i)!;
      const found = others.get(code) ?? unknownId;
      if (found === null) throw new UnknownTokenError(String.fromCodePoint(code));
      ids[i - pairs] = found;
      if (code > 0xffff) {
        i++;
        pairs++;
      }
    }
    // A copy where there are surrogate pairs, so that no one keeps twice the memory alive.
    return pairs === 0 ? ids : ids.slice(0, units - pairs);
  };
}
