import { type Reporter, textTable } from '@throughtime/command-line';
import type { Report } from '../core/report.js';

/** Prints a report for people. */
export function printReport(reporter: Reporter, { headline, header, rows, notes }: Report): void {
  reporter.print(`${headline}\n`);
  reporter.print(textTable(header, rows));
  if (notes.length > 0) reporter.print(`\n${notes.join('\n')}`);
}
