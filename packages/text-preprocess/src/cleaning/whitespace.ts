/** First and last of each range, as UTF-16 units. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x09, 0x0d],
  [0x1c, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];

/**
 * What Python's `str.split()` and `str.strip()` take for whitespace, as a table of UTF-16 units: 1 for whitespace.
 * It differs from JavaScript's `\s`: U+001C..U+001F and U+0085 belong to it, the byte order mark U+FEFF does not.
 */
export const WHITESPACE: Uint8Array = /* @__PURE__ */ whitespaceTable();

function whitespaceTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const [first, last] of RANGES) table.fill(1, first, last + 1);
  return table;
}

/** A pattern (global) for the longest runs of the same whitespace. */
export function whitespaceRuns(): RegExp {
  const ranges = RANGES.map((range) =>
    String.fromCharCode(...range)
      .split('')
      .join('-'),
  );
  return new RegExp(`[${ranges.join('')}]+`, 'g');
}

/** `text` without whitespace at either end, as Python's `strip()`. */
export function stripWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITESPACE[text.charCodeAt(start)] === 1) start++;
  while (end > start && WHITESPACE[text.charCodeAt(end - 1)] === 1) end--;
  return text.slice(start, end);
}

/** The runs of `text` between whitespace, as Python's `split()`: never an empty one. */
export function splitWhitespace(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let i = 0; i < text.length; i++) {
    if (WHITESPACE[text.charCodeAt(i)] === 1) {
      if (start >= 0) words.push(text.slice(start, i));
      start = -1;
    } else if (start < 0) start = i;
  }
  if (start >= 0) words.push(text.slice(start));
  return words;
}
