/** A row of a delimited text. */
export interface CsvRecord {
  readonly record: string[];
  /** The line on which it ends, from 1. */
  readonly line: number;
}

/** A quote where none may stand, or one without its end. The message says on which line. */
export class QuoteError extends Error {
  override name = 'QuoteError';
}

/**
 * The rows of a delimited text, as RFC 4180 has them: cells in double quotes may hold delimiters, line ends and, doubled, quotes. Rows may
 * have any number of cells; empty lines are none. White space around cells and their quotes is dropped, unless cells are delimited by
 * it. Several spaces in a row delimit as one does, since columns are lined up with them.
 *
 * Each character is looked at a fixed number of times, whatever the text is.
 * @throws QuoteError when it comes to one
 */
export function* csvRecords(text: string, delimiter: string): Generator<CsvRecord> {
  const isTrimmed = delimiter.trim() !== '';
  const isSpaced = delimiter === ' ';
  const [lineFeed, carriageReturn, quote, mark] = ['\n', '\r', '"', delimiter].map((part) =>
    placesOf(text, part),
  );
  const lineEnd = (from: number) => Math.min(lineFeed(from), carriageReturn(from));
  const afterLineEnd = (end: number) => end + (text.startsWith('\r\n', end) ? 2 : 1);
  const isEnd = (at: number) => at === text.length || text[at] === '\n' || text[at] === '\r';
  const isSkipped = (at: number) =>
    isSpaced
      ? text[at] === ' '
      : isTrimmed && !isEnd(at) && !text.startsWith(delimiter, at) && text[at].trim() === '';

  let at = 0;
  let line = 1;

  /** The cell that begins at `at`, which moves behind it. */
  const cell = (): string => {
    while (isSkipped(at)) at++;
    if (text[at] !== '"') {
      const end = Math.min(mark(at), lineEnd(at));
      if (quote(at) < end) throw new QuoteError(`a quote in the middle of a cell on line ${line}`);
      const plain = text.slice(at, end);
      at = end;
      return isTrimmed ? plain.trim() : plain;
    }
    const begun = line;
    let lineEnded = lineEnd(at);
    let content = '';
    for (let from = at + 1; ; from = at + 1) {
      const end = quote(from);
      if (end === text.length) throw new QuoteError(`a quote without its end from line ${begun} on`);
      content += text.slice(from, end);
      at = end + 1;
      if (text[at] !== '"') break;
      content += '"';
    }
    for (; lineEnded < at; lineEnded = lineEnd(afterLineEnd(lineEnded))) line++;
    while (!isSpaced && isSkipped(at)) at++;
    if (!isEnd(at) && !text.startsWith(delimiter, at))
      throw new QuoteError(`text behind a cell in quotes on line ${line}`);
    return content;
  };

  while (at < text.length) {
    const end = lineEnd(at);
    if (quote(at) >= end) {
      const content = text.slice(at, end);
      if (content !== '') {
        const cells = isSpaced ? content.trim().split(/ +/) : content.split(delimiter);
        yield { record: isTrimmed ? cells.map((one) => one.trim()) : cells, line };
      }
      at = end;
    } else {
      const record = [cell()];
      while (!isEnd(at)) {
        if (isSpaced) {
          while (isSkipped(at)) at++;
          // Spaces at a line's end delimit nothing.
          if (isEnd(at)) break;
        } else at += delimiter.length;
        record.push(cell());
      }
      yield { record, line };
    }
    at = afterLineEnd(at);
    line++;
  }
}

/** Finds the first place of `part` from a place on, or the text's end. The places asked for go up, so the text is searched once. */
function placesOf(text: string, part: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) {
      found = text.indexOf(part, from);
      if (found < 0) found = text.length;
    }
    return found;
  };
}
