/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Three digits, thousands in k: 43.6k. @param {number | undefined} value */
export function shown(value) {
  if (value === undefined || !Number.isFinite(value)) return '-';
  if (value >= 1e5) return `${Math.round(value / 1000).toLocaleString('en')}k`;
  if (value >= 1e3) return `${(value / 1000).toPrecision(3)}k`;
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/**
 * Lines of a table, columns right-aligned but the first.
 * @param {readonly (readonly string[])[]} rows
 */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}
