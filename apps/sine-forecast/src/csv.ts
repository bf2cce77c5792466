import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '@throughtime/platform/node';

/** Writes a table as CSV (RFC 4180, but with a bare line feed), beside and renamed; its folder is made. */
export async function writeCsv(
  path: string,
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  const text = [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
  await writeText(path, text);
}

/** Writes a text file, beside and renamed; its folder is made. */
export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, [new TextEncoder().encode(text)]);
}

function csvCell(cell: string | number): string {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
