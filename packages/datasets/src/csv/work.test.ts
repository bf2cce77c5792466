import { isUserError } from '@throughtime/errors';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readPanel } from './read-series.js';

// Reading is work in proportion to the number of cells, however they are arranged: counted in regular expressions tried and texts trimmed.

afterEach(() => vi.restoreAllMocks());

function workOf(text: string): number {
  const spies = [vi.spyOn(RegExp.prototype, 'exec'), vi.spyOn(String.prototype, 'trim')];
  try {
    readPanel(text, { missing: 'keep' });
  } catch (error) {
    if (!isUserError(error)) throw error;
  }
  const work = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  vi.restoreAllMocks();
  return work;
}

const day = (row: number) => new Date(Date.UTC(1950, 0, 1 + row)).toISOString().slice(0, 10);
const table = (
  delimiter: string,
  rows: number,
  columns: number,
  cell: (row: number, column: number) => string,
) =>
  [
    Array.from({ length: columns }, (_, column) => (column === 0 ? 'date' : `c${column}`)),
    ...Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => cell(row, column)),
    ),
  ]
    .map((cells) => `${cells.join(delimiter)}\n`)
    .join('');

/** Tables of rows and columns. */
const shapes: Readonly<Record<string, (rows: number, columns: number) => string>> = {
  'numbers on dates': (rows, columns) =>
    table(',', rows, columns, (row, column) => (column === 0 ? day(row) : `${row}.${column % 100}`)),
  'in quotes': (rows, columns) =>
    table(',', rows, columns, (row, column) => (column === 0 ? `"${day(row)}"` : `"${row}"`)),
  'words beside a number': (rows, columns) =>
    table(',', rows, columns, (row, column) =>
      column === 0 ? day(row) : column === 1 ? `${row}` : `w${row} ${column}`,
    ),
  'days and months in any order': (rows, columns) =>
    table(',', rows, columns, (row, column) => (column === 0 ? '03/04/2021' : `${row}`)),
  'a mark for decimals or thousands': (rows, columns) =>
    table(';', rows, columns, (row, column) => (column === 0 ? day(row) : `1.${100 + (row % 900)}`)),
  'dates again and again': (rows, columns) =>
    table(',', rows, columns, (row, column) => (column === 0 ? day(row >> 2) : `${row % (column + 1)}`)),
  'many series': (rows, columns) =>
    table(',', rows, columns, (row, column) =>
      column === 0 ? day(row >> 3) : column === 1 ? `s${row % 8}` : `${row}`,
    ),
  'numbers of Europeans': (rows, columns) =>
    table(';', rows, columns, (row, column) =>
      column === 0 ? day(row) : `1.${100 + (row % 900)},${column % 10} €`,
    ),
  'without names': (rows, columns) =>
    table(',', rows, columns, (row, column) => `${row * column}`)
      .split('\n')
      .slice(1)
      .join('\n'),
  'other fields in every record': (rows, columns) =>
    JSON.stringify(
      Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(Array.from({ length: columns }, (_, column) => [`n${row} ${column}`, row])),
      ),
    ),
};

it('records with other fields each, whose table would be their number squared, are refused', () => {
  const text = JSON.stringify(Array.from({ length: 2000 }, (_, row) => ({ [`n${row}`]: row })));
  expect(() => readPanel(text)).toThrow(
    'expected records with the same fields, got 2000 fields in 2000 records',
  );
});

it('a row of more columns than any table has is refused before they are looked at', () => {
  expect(() => readPanel(`a;b\n${'5;'.repeat(60_000)}\n`)).toThrow(
    'expected at most 50000 columns, got 60001',
  );
  expect(() => readPanel(JSON.stringify(Array(60_000).fill([1])).replaceAll('],[', ','))).toThrow(
    'expected at most 50000 columns, got 60000',
  );
});

it('a cell that looks like a number for 200,000 digits is refused in a short line', () => {
  // With a pattern that goes back this would take an hour.
  const read = () => readPanel(`x\n1\n${'1'.repeat(200_000)}x\n`);
  expect(read).toThrow(/^x: expected a finite number, got '1{50,100}\.\.\. at line 3/);
});

describe.each(Object.entries(shapes))('%s', (_, shape) => {
  it.each([
    [800, 2],
    [400, 4],
    [100, 16],
    [10, 160],
    [2, 800],
  ])('are read with a few steps for each cell of %i rows and %i columns', (rows, columns) => {
    // A sample that is judged, or tried once, is more of a small table.
    expect(workOf(shape(rows, columns))).toBeLessThan(100 * rows * columns + 20_000);
  });
});
