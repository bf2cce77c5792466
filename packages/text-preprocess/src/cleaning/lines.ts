/**
 * The lines of `text` without their ends, as Python reads a text file: `\n`, `\r\n` and `\r` end a line, and a last line
 * needs no end. An empty text has no lines.
 */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}
