import { WHITESPACE } from '../cleaning/whitespace.js';
import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { UnknownTokenError } from '../errors.js';
import { TokenCounts } from '../vocabulary/token-counts.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { HASH_SEED, hashSpan, hashUnit, SpanTable } from './span-table.js';
import type { TextCounter, TextEncoding } from './tokenizer.js';

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

/** Walks over the words between whitespace, with the hash of each on the way. */
class WordScanner {
  readonly text: string;
  /** Where the current word begins, where it ends, and its `hashSpan`. */
  start = 0;
  end = 0;
  hash = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Moves to the next word; false when there is none. */
  next(): boolean {
    const { text } = this;
    const whitespace = WHITESPACE;
    const length = text.length;
    let i = this.end;
    while (i < length && whitespace[text.charCodeAt(i)] === 1) i++;
    if (i === length) return false;
    this.start = i;
    let hash = HASH_SEED;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (whitespace[unit] === 1) break;
      hash = hashUnit(hash, unit);
    }
    this.hash = hash;
    this.end = i;
    return true;
  }
}
