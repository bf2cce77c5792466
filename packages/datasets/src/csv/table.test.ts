import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTable } from './table.js';

it('a table is the same with quotes and without, whatever ends its lines', () => {
  const cell = fc.stringMatching(/^[a-z0-9 .'-]{0,6}$/);
  const tables = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 8 }))
    .chain(([width, height]) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
    );
  const written = (rows: readonly (readonly string[])[], end: string, write: (cell: string) => string) =>
    rows.map((row) => row.map(write).join(',') + end).join('');
  fc.assert(
    fc.property(tables, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), (rows, end, header) => {
      // A name in each row, so that none is empty.
      const filled = rows.map((row, i) => [`r${i}`, ...row.slice(1)]);
      const options = { delimiter: ',', header };
      const plain = readTable(
        written(filled, end, (cell) => cell),
        'plain',
        options,
      );
      const quoted = readTable(
        written(filled, end, (cell) => `"${cell}"`),
        'quoted',
        options,
      );
      const trimmed = (table: typeof plain) => table.rows.map((row) => row.map((cell) => cell.trim()));
      expect(trimmed(plain)).toEqual(trimmed(quoted));
      expect(plain.columns).toEqual(quoted.columns);
      plain.rows.forEach((_, row) => {
        expect(plain.where(row)).toBe(quoted.where(row));
      });
    }),
  );
});

it('lines may end in several ways in one file', () => {
  expect(readTable('x\r\n1\n2\r\n3\n', 'mixed', {}).rows).toEqual([['1'], ['2'], ['3']]);
});
