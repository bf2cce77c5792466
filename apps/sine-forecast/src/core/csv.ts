/** A table as CSV (RFC 4180, but with a bare line feed). */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}

function csvCell(cell: string | number): string {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A time as tables show it: the number of a row, or a date without a time of day where it has none. */
export function formatTime(time: number | Date): string {
  return typeof time === 'number' ? String(time) : time.toISOString().replace('T00:00:00.000Z', '');
}
