import { InvalidArgumentError } from '../errors.js';
import { isHighSurrogate } from '../tokenizers/surrogates.js';

/**
 * In which order tokens get their ids:
 *
 * - `'frequency'`: most frequent first, ties in order of first occurrence (D2L 0.14 to 0.17);
 * - `'frequency-alphabetical'`: most frequent first, ties in alphabetical order (D2L 0.7, the Penn Treebank readers);
 * - `'alphabetical'`: by code points, as Python sorts (D2L 1.0).
 */
export type VocabularyOrder = 'frequency' | 'frequency-alphabetical' | 'alphabetical';

type Entry = readonly [token: string, count: number];

/**
 * How `order` compares two entries; a stable sort with it leaves ties in order of first occurrence.
 * @throws InvalidArgumentError when there is no such order
 */
export function comparatorOf(order: VocabularyOrder): (a: Entry, b: Entry) => number {
  switch (order) {
    case 'frequency':
      return (a, b) => b[1] - a[1];
    case 'frequency-alphabetical':
      return (a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0]);
    case 'alphabetical':
      return (a, b) => compareCodePoints(a[0], b[0]);
    default:
      throw new InvalidArgumentError(
        'order',
        "'frequency', 'frequency-alphabetical' or 'alphabetical'",
        order satisfies never,
      );
  }
}

/** Compares by code points; JavaScript's own order, by UTF-16 units, puts emoji before U+E000..U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    // A high surrogate shared by both may begin a pair in one and stand alone in the other.
    const start = i > 0 && isHighSurrogate(a.charCodeAt(i - 1)) ? i - 1 : i;
    return a.codePointAt(start)! - b.codePointAt(start)! || a.codePointAt(i)! - b.codePointAt(i)!;
  }
  return a.length - b.length;
}
