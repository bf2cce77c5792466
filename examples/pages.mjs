// Pages whose programs are run: a block of commands or of JavaScript, and right below it, marked `text`, what it prints.
//
// In what a page says is printed, these stand for what may differ from machine to machine, in the last digits of trained weights
// above all:
//   ...           on a line of its own, any number of lines; within a line, any words
//   ~4.2          a number within a tenth of 4.2
//   ≥0.98 ≤0.01   a number no smaller, no larger
// Everything else must be there as written; how many blanks stand between words does not matter.

/**
 * @typedef {object} Block
 * @property {'sh' | 'js'} language
 * @property {string} code
 * @property {string | undefined} printed  what the page says it prints; undefined: nothing is said
 * @property {number} line  where the code's fence stands, from 1
 * @property {[from: number, to: number] | undefined} printedLines  the lines within the fences of `printed`, from 0, end excluded
 */

/**
 * The blocks of a page that run. A fence marked `js ignore` or `sh ignore` is for reading only; `js run` can also be run in the site's page.
 * @param {string} page Markdown
 * @returns {Block[]}
 */
export function blocksOf(page) {
  const lines = page.split('\n');
  /** @type {Block[]} */
  const blocks = [];
  for (let at = 0; at < lines.length; at++) {
    if (!lines[at].startsWith('```')) continue;
    const mark = lines[at].slice(3);
    const end = lines.indexOf('```', at + 1);
    if (end < 0)
      throw new SyntaxError(`line ${at + 1}: expected the end of the block, got the end of the page`);
    const code = lines.slice(at + 1, end).join('\n');
    if (mark === 'sh' || mark === 'js' || mark === 'js run') {
      blocks.push({
        language: mark === 'sh' ? 'sh' : 'js',
        code,
        printed: undefined,
        line: at + 1,
        printedLines: undefined,
      });
    } else if (mark === 'text' && blocks.length > 0) {
      const block = blocks[blocks.length - 1];
      if (block.printed !== undefined)
        throw new SyntaxError(`line ${at + 1}: expected code before this output`);
      block.printed = code;
      block.printedLines = [at + 1, end];
    }
    at = end;
  }
  return blocks;
}

/**
 * The commands of a block: its lines, without comments and empty ones. A line that ends with a backslash is joined with the next. Each is
 * cut into words as a shell cuts them (blanks, and quotes that keep them). Nothing else of a shell is known.
 * @param {string} code
 * @returns {string[][]}
 */
export function commandsOf(code) {
  return code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => [...line.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)].map((m) => m[1] ?? m[2] ?? m[3]))
    .filter((words) => words.length > 0)
    .map((words) => {
      const comment = words.findIndex((word) => word.startsWith('#'));
      return comment < 0 ? words : words.slice(0, comment);
    })
    .filter((words) => words.length > 0);
}

/**
 * The first line of a page's output that was not printed, or undefined where all of it was.
 * @param {string} expected what the page says
 * @param {string} printed what came
 */
export function firstMissing(expected, printed) {
  const came = linesOf(printed);
  let at = 0;
  let isFree = false;
  for (const line of linesOf(expected)) {
    if (line === '...') {
      isFree = true;
      continue;
    }
    const found = isFree
      ? came.findIndex((other, i) => i >= at && lineMatches(line, other))
      : lineMatches(line, came[at])
        ? at
        : -1;
    if (found < 0) return { line, got: came[at] };
    at = found + 1;
    isFree = false;
  }
  return isFree || at === came.length ? undefined : { line: undefined, got: came[at] };
}

/** @param {string} text @returns {string[]} without ends of blanks and empty lines */
const linesOf = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** @param {string} expected @param {string | undefined} printed */
function lineMatches(expected, printed) {
  if (printed === undefined) return false;
  return wordsMatch(expected.split(/\s+/), printed.split(/\s+/));
}

/** @param {readonly string[]} expected @param {readonly string[]} printed @returns {boolean} */
function wordsMatch(expected, printed) {
  if (expected.length === 0) return printed.length === 0;
  const [first, ...rest] = expected;
  if (first === '...') {
    return rest.length === 0 || printed.some((_, from) => wordsMatch(rest, printed.slice(from)));
  }
  return printed.length > 0 && wordMatches(first, printed[0]) && wordsMatch(rest, printed.slice(1));
}

/** @param {string} expected @param {string} printed */
function wordMatches(expected, printed) {
  const bound = /^(\D*)([~≥≤])(-?[\d.,]*\d(?:e[+-]?\d+)?)(\D*)$/.exec(expected);
  // A rule under a table's head is as long as its widest number.
  if (/^-{2,}$/.test(expected)) return /^-{2,}$/.test(printed);
  if (!bound) return expected === printed;
  const [, before, kind, number, after] = bound;
  if (!printed.startsWith(before) || !printed.endsWith(after)) return false;
  const value = numberOf(printed.slice(before.length, printed.length - after.length));
  const limit = numberOf(number);
  if (kind === '~') return Math.abs(value - limit) <= Math.abs(limit) / 10;
  return kind === '≥' ? value >= limit : value <= limit;
}

/** @param {string} word a number, with or without separators of thousands */
const numberOf = (word) =>
  /^-?[\d.,]*\d(e[+-]?\d+)?$/.test(word) ? Number(word.replaceAll(',', '')) : Number.NaN;

/**
 * The page with what was printed in its blocks. Where the old output had a number with `~`, all numbers with a decimal point get one.
 * @param {string} page
 * @param {readonly { block: Block, printed: string }[]} runs
 */
export function withOutput(page, runs) {
  const lines = page.split('\n');
  for (const { block, printed } of [...runs].reverse()) {
    if (!block.printedLines) continue;
    const [from, to] = block.printedLines;
    const isAbout = /~-?\d/.test(block.printed ?? '');
    const fresh = printed.trimEnd().split('\n');
    // Of several blanks one gives way, so that columns stay columns.
    const about = (/** @type {string} */ line) =>
      line.replace(/(?<= ) (?=-?\d[\d,]*\.\d)|(?<![\w.,~-]|\w-| {2})(?=-?\d[\d,]*\.\d)/g, '~');
    lines.splice(from, to - from, ...(isAbout ? fresh.map(about) : fresh));
  }
  return lines.join('\n');
}
