import type { Reporter } from '@throughtime/command-line';
import type { Report } from '../core/report.js';

/** Rows of cells as text in columns: the first to the left, the others, numbers, to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ');
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** Prints a report for people. */
export function printReport(reporter: Reporter, { headline, header, rows, notes }: Report): void {
  reporter.print(`${headline}\n`);
  reporter.print(textTable(header, rows));
  if (notes.length > 0) reporter.print(`\n${notes.join('\n')}`);
}
