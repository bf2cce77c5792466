/**
 * The lines of `text` without their ends, as Python reads a text file: `\n`, `\r\n` and `\r` end a line, and a last line
 * needs no end. An empty text has no lines.
 */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/** Behind the last line end, as `Tokenizer.splitPoint`; a `\r` that ends the text may be half of `\r\n`. */
export function lineSplitPoint(text: string): number {
  // (Before the start, lastIndexOf would look at the start.)
  const lastReturn = text.length < 2 ? -1 : text.lastIndexOf('\r', text.length - 2);
  return Math.max(text.lastIndexOf('\n'), lastReturn) + 1;
}
