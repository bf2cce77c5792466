import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { csvRecords, QuoteError } from './records.js';

const read = (text: string, delimiter = ',') => [...csvRecords(text, delimiter)];
const cells = (text: string, delimiter?: string) => read(text, delimiter).map(({ record }) => record);

/** What csv-parse reads; undefined where it refuses the text. */
function peer(text: string, delimiter: string) {
  try {
    const rows = parse(text, {
      delimiter,
      skip_empty_lines: true,
      relax_column_count: true,
      trim: delimiter.trim() !== '',
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ record, line: info.lines }));
  } catch {
    return undefined;
  }
}

describe('rows of delimited text', () => {
  it('are those of csv-parse, with the lines that they end on, for random texts', () => {
    const piece = fc.constantFrom(
      'a',
      'b c',
      '1',
      ' ',
      '"',
      '""',
      'MARK',
      'MARK',
      'END',
      'END',
      '"x"',
      '"yENDz"',
    );
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.constantFrom(',', ';', '\t', '|', '::'),
        fc.constantFrom('\n', '\r\n'),
        (pieces, delimiter, end) => {
          const text = pieces.join('').replaceAll('MARK', delimiter).replaceAll('END', end);
          const expected = peer(text, delimiter);
          // It continues with a cell that was empty in quotes: `"" "x"`.
          if (/"" +"/.test(text)) return;
          if (expected === undefined) expect(() => read(text, delimiter)).toThrow(QuoteError);
          else {
            compared++;
            // A line of white space is a row of an empty cell here: no one asks.
            const isBlank = ({ record }: { record: string[] }) => record.join('').trim() === '';
            // It counts `\r\n` within quotes as two lines.
            const line = (row: { line: number }) => (end === '\n' ? row.line : undefined);
            const shown = (rows: ReturnType<typeof read>) =>
              rows.filter((row) => !isBlank(row)).map((row) => ({ record: row.record, line: line(row) }));
            expect(shown(read(text, delimiter))).toEqual(shown(expected));
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('may have any number of cells', () => {
    expect(cells('a,b\n"1"\n\n"2",,3\n')).toEqual([['a', 'b'], ['1'], ['2', '', '3']]);
  });

  it('may be lined up with spaces, in quotes too', () => {
    expect(cells('  a   "b c"  d  \n1 2   3', ' ')).toEqual([
      ['a', 'b c', 'd'],
      ['1', '2', '3'],
    ]);
  });

  it('may end in several ways', () => {
    expect(read('"x"\r\n1\r"2\r\n3"\n4')).toEqual([
      { record: ['x'], line: 1 },
      { record: ['1'], line: 2 },
      { record: ['2\r\n3'], line: 4 },
      { record: ['4'], line: 5 },
    ]);
  });

  it.each([
    ['a\nb"c"\n', 'a quote in the middle of a cell on line 2'],
    ['a\n"b" c\n', 'text behind a cell in quotes on line 2'],
    ['a\n"b\nc\n', 'a quote without its end from line 2 on'],
  ])('are refused where quotes stand wrong: %j', (text, message) => {
    expect(() => read(text)).toThrow(new QuoteError(message));
  });
});

describe('the work for a text', () => {
  afterEach(() => vi.restoreAllMocks());

  /** The characters that are searched and copied. */
  function workOf(text: string): number {
    let work = 0;
    const { indexOf, slice, split } = String.prototype;
    vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, part, from = 0) {
      const found = indexOf.call(this, part, from);
      work += (found < 0 ? this.length : found) - from + 1;
      return found;
    });
    vi.spyOn(String.prototype, 'slice').mockImplementation(function (this: string, from, to) {
      const part = slice.call(this, from, to);
      work += part.length + 1;
      return part;
    });
    vi.spyOn(String.prototype, 'split').mockImplementation(function (this: string, ...args: unknown[]) {
      work += this.length;
      return Reflect.apply(split, this, args) as string[];
    });
    try {
      for (const _ of csvRecords(text, ',')) work++;
    } catch (error) {
      if (!(error instanceof QuoteError)) throw error;
    } finally {
      vi.restoreAllMocks();
    }
    return work;
  }

  it.each([
    ['rows of other lengths', 'a\na,b\n'],
    ['rows of other lengths in quotes', '"a"\n"a","b"\n'],
    ['nothing but quotes', '"'],
    ['quotes doubled in a row', '"a""'],
    ['rows of one cell', '"a"\r\n'],
    ['cells of one row', '"a",b,'],
    ['a cell with lines', '\n\r'],
    ['spaces', '  '],
  ])('is the same for each character: %s', (_, piece) => {
    for (const [begin, end] of [
      ['', ''],
      ['"', '"'],
      ['"x"\n', ',"y"'],
      ['"', ''],
    ]) {
      const text = `${begin}${piece.repeat(3000)}${end}`;
      expect(workOf(text)).toBeLessThan(12 * text.length);
    }
  });
});
