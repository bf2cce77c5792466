/** First and last of each range, as UTF-16 units: no white space lies beyond the basic plane. */
type Range = readonly [first: number, last: number];

/** The Unicode property White_Space. */
const UNICODE: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];

/** One meaning of white space. */
export interface WhiteSpace {
  /** 1 for each UTF-16 unit that is white space, 0 for the others. */
  readonly table: Uint8Array;
  /** The same as the inside of a regular expression's character class: ` \t` and so on, to stand between `[` and `]`. */
  readonly inClass: string;
  /** Every other code point, likewise: the inside of a class. Needs the flag `u`. */
  readonly othersInClass: string;
}

/**
 * What counts as white space. Four meanings are in use, and texts hold characters on which they disagree, so code names the one
 * that it means:
 *
 * | meaning       | U+001C..U+001F | U+0085 | U+FEFF |
 * | ------------- | -------------- | ------ | ------ |
 * | `javascript`  | no             | no     | yes    |
 * | `unicode`     | no             | yes    | no     |
 * | `pythonSplit` | yes            | yes    | no     |
 * | `pythonRegex` | no             | yes    | no     |
 *
 * - `javascript`: the `\s` of its regular expressions, and `trim()`.
 * - `unicode`: the property White_Space; the `\s` of Rust and of Oniguruma, and so of Hugging Face's tokenizers.
 * - `pythonSplit`: `str.split()`, `str.strip()`, and the `\s` of the module `re`.
 * - `pythonRegex`: the `\s` of the module `regex`, in which OpenAI wrote GPT-2's pattern.
 */
export const whiteSpace: Readonly<
  Record<'javascript' | 'unicode' | 'pythonSplit' | 'pythonRegex', WhiteSpace>
> = /* @__PURE__ */ whiteSpaceMeanings();

function whiteSpaceMeanings(): typeof whiteSpace {
  const unicode = whiteSpaceOf(UNICODE);
  return {
    javascript: whiteSpaceOf([...UNICODE.filter(([first]) => first !== 0x85), [0xfeff, 0xfeff]]),
    unicode,
    pythonSplit: whiteSpaceOf(
      UNICODE.map(([first, last]) => (first === 0x20 ? [0x1c, last] : [first, last])),
    ),
    pythonRegex: unicode,
  };
}

function whiteSpaceOf(ranges: readonly Range[]): WhiteSpace {
  const table = new Uint8Array(0x10000);
  for (const [first, last] of ranges) table.fill(1, first, last + 1);
  const others = ranges.map(([, last], i): Range => [last + 1, (ranges[i + 1]?.[0] ?? 0x110000) - 1]);
  return { table, inClass: classOf(ranges), othersInClass: classOf([[0, ranges[0][0] - 1], ...others]) };
}

function classOf(ranges: readonly Range[]): string {
  const escaped = (code: number) =>
    code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  return ranges
    .map(([first, last]) => (first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`))
    .join('');
}

/** What Python's `str.split()` and `str.strip()` take for white space, as a table of UTF-16 units: 1 for white space. */
export const WHITESPACE: Uint8Array = /* @__PURE__ */ (() => whiteSpace.pythonSplit.table)();

/** A pattern (global) for the longest runs of the same white space as {@link WHITESPACE}. */
export function whitespaceRuns(): RegExp {
  // linear: a class, repeated
  return new RegExp(`[${whiteSpace.pythonSplit.inClass}]+`, 'g');
}

/** Whether `text` is nothing but white space, as Python's `str.split()` has it. */
export function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (WHITESPACE[text.charCodeAt(i)] === 0) return false;
  return true;
}

/** `text` without white space at either end, as Python's `strip()`. */
export function stripWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITESPACE[text.charCodeAt(start)] === 1) start++;
  while (end > start && WHITESPACE[text.charCodeAt(end - 1)] === 1) end--;
  return text.slice(start, end);
}

/** The runs of `text` between white space, as Python's `split()`: never an empty one. */
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
