import { WHITESPACE } from '../cleaning/whitespace.js';
import { HASH_SEED, hashUnit } from './span-table.js';

/** Walks over the words between whitespace, with the hash of each on the way. */
export class WordScanner {
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
