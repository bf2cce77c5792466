/**
 * A table as CSV (RFC 4180, but with a bare line feed). A number that is not finite is an empty cell: a value that is missing, a bound
 * that does not exist.
 */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}

function csvCell(cell: string | number): string {
  if (typeof cell === 'number' && !Number.isFinite(cell)) return '';
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
