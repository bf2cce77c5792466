import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { UnknownTokenError } from '../errors.js';
import { TokenCounts } from '../vocabulary/token-counts.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { hashSpan, SpanTable } from './span-table.js';
import type { TextCounter, TextEncoding } from './tokenizer.js';
import { WordScanner } from './word-scanner.js';

/** Ids of the words between whitespace, without a string for each. */
export function wordEncoder(vocabulary: Vocabulary): TextEncoding {
  // Tokens are put in in order of their ids, so an index is an id.
  const table = new SpanTable();
  for (const token of vocabulary.tokens) {
    table.intern(token, 0, token.length, hashSpan(token, 0, token.length));
  }
  const { unknownId } = vocabulary;

  return (text) => {
    const ids = new GrowingInt32Array(text.length >> 2);
    const words = new WordScanner(text);
    while (words.next()) {
      const found = table.find(text, words.start, words.end, words.hash);
      if (found < 0 && unknownId === null) throw new UnknownTokenError(text.slice(words.start, words.end));
      ids.push(found < 0 ? unknownId! : found);
    }
    return ids.slice();
  };
}

/** Counts words between whitespace; only distinct ones become strings, when asked for. */
export function wordCounter(): TextCounter {
  const table = new SpanTable();
  // Doubles: a word may occur more than 2^31 times.
  let counts = new Float64Array(1 << 12);

  return {
    add(text) {
      const words = new WordScanner(text);
      while (words.next()) {
        const index = table.intern(text, words.start, words.end, words.hash);
        if (index === counts.length) {
          const larger = new Float64Array(counts.length * 2);
          larger.set(counts);
          counts = larger;
        }
        counts[index]++;
      }
    },
    counts() {
      const tokens = Array.from({ length: table.size }, (_, index) => table.at(index));
      return TokenCounts.ofDistinct(tokens, counts);
    },
  };
}
