/** A table as CSV (RFC 4180, but with a bare line feed). */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}

/** What is not a finite number is an empty cell: a value that is missing, a bound that does not exist. */
function csvCell(cell: string | number): string {
  if (typeof cell === 'number' && !Number.isFinite(cell)) return '';
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A time as tables show it: the number of a row, or a date without a time of day where it has none. */
export function formatTime(time: number | Date): string {
  return typeof time === 'number' ? String(time) : time.toISOString().replace('T00:00:00.000Z', '');
}
