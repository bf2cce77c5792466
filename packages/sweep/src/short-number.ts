/** Five significant digits: runs that differ by less do not differ. */
export function shortNumber(value: number): string {
  return Math.abs(value) >= 1e5 ? value.toFixed(0) : String(Number(value.toPrecision(5)));
}
