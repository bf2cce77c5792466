import { numbers } from './texts/chosen.js';

/** Three digits that mean something, all whole ones of a large number, and an exponent where zeros would fill the cell. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e7)
      ? exponential(value)
      : size >= 1000
        ? numbers.count(value)
        : numbers.fixed(value, size === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size))));
  return text.replace('-', '\u2212');
}

/** 8.9e-7 as 8.9×10⁻⁷. */
function exponential(value: number): string {
  const [mantissa, exponent] = value.toExponential(2).split('e');
  const raised = [...String(Number(exponent))].map((digit) => superscripts[digit]).join('');
  return `${numbers.fixed(Number(mantissa), 2)}×10${raised}`;
}

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789-'].map((digit, i) => [digit, '⁰¹²³⁴⁵⁶⁷⁸⁹⁻'[i]]),
);
