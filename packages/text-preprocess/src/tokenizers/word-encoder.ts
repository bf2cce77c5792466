import { WHITESPACE } from '../cleaning/whitespace.js';
import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { UnknownTokenError } from '../errors.js';
import { TokenCounts } from '../vocabulary/token-counts.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { HASH_SEED, hashSpan, hashUnit, SpanTable } from './span-table.js';
import type { TextCounter, TextEncoding } from './tokenizer.js';

/** Ids of the words between whitespace, without a string for each. */
export function wordEncoder(vocabulary: Vocabulary): TextEncoding {
  // Members of the table are put in in order of their ids, so an index is an id.
  const table = new SpanTable();
  for (const token of vocabulary.tokens)
    table.intern(token, 0, token.length, hashSpan(token, 0, token.length));
  const { unknownId } = vocabulary;

  return (text) => {
    const ids = new GrowingInt32Array(text.length >> 2);
    let i = 0;
    while (i < text.length) {
      const start = i;
      let hash = HASH_SEED;
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (WHITESPACE[unit] === 1) break;
        hash = hashUnit(hash, unit);
      }
      if (i > start) {
        const found = table.find(text, start, i, hash);
        if (found < 0 && unknownId === null) throw new UnknownTokenError(text.slice(start, i));
        ids.push(found < 0 ? unknownId! : found);
      }
      i++;
    }
    return ids.slice();
  };
}

/** Counts words between whitespace; only distinct ones become strings, when asked for. */
export function wordCounter(): TextCounter {
  const table = new SpanTable();
  let counts = new Float64Array(1 << 12);

  return {
    add(text) {
      let i = 0;
      while (i < text.length) {
        const start = i;
        let hash = HASH_SEED;
        for (; i < text.length; i++) {
          const unit = text.charCodeAt(i);
          if (WHITESPACE[unit] === 1) break;
          hash = hashUnit(hash, unit);
        }
        if (i > start) {
          const index = table.intern(text, start, i, hash);
          if (index >= counts.length) {
            const larger = new Float64Array(counts.length * 2);
            larger.set(counts);
            counts = larger;
          }
          counts[index]++;
        }
        i++;
      }
    },
    counts() {
      return new TokenCounts(
        Array.from({ length: table.size }, (_, index) => [table.at(index), counts[index]] as const),
      );
    },
  };
}
