import { numbers } from './texts/chosen.js';

/** Three digits that mean something, all whole ones of a large number, and an exponent where zeros would fill the cell. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e7)
      ? numbers.scientific(value, 2)
      : size >= 1000
        ? numbers.count(value)
        : numbers.fixed(value, size === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size))));
  return text.replace('-', '\u2212');
}
