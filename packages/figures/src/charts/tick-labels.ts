const units = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;
/** Up to here numbers are written out. */
const mostWritten = 1e5;
/** A double has no more digits. */
const mostDecimals = 15;

/**
 * Labels for the ticks of a linear axis, short enough for its margin and with the digits that tell ticks apart: 10,000; 250k;
 * 1.5M; −2e−9.
 */
export function tickLabels(ticks: readonly number[]): string[] {
  const size = Math.max(0, ...ticks.map(Math.abs));
  const sorted = [...ticks].sort((a, b) => a - b);
  const step = Math.min(
    ...sorted
      .slice(1)
      .map((tick, i) => tick - sorted[i])
      .filter((gap) => gap > 0),
  );
  const apart = Number.isFinite(step) ? step : size;
  const small = size > 0 && size < 1e-3;
  if (small || size >= 1e15) {
    const digits = Math.max(0, Math.floor(Math.log10(size)) - Math.floor(Math.log10(apart) + 1e-9));
    return ticks.map((tick) => (tick === 0 ? '0' : withMinus(scientific(tick, digits))));
  }
  const [unit, suffix] = (size >= mostWritten ? units.find(([from]) => size >= from) : undefined) ?? [1, ''];
  const decimals = decimalsOf(apart / unit);
  return ticks.map((tick) =>
    tick === 0 ? '0' : withMinus(`${formatOf(decimals).format(tick / unit)}${suffix}`),
  );
}

const formats = new Map<number, Intl.NumberFormat>();

/** Kept, because making one takes as long as drawing an axis. */
function formatOf(decimals: number): Intl.NumberFormat {
  let format = formats.get(decimals);
  if (format === undefined) {
    format = new Intl.NumberFormat('en', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    formats.set(decimals, format);
  }
  return format;
}

/** The decimals with which a number of one digit, or of two as 0.25, is exact. */
function decimalsOf(step: number): number {
  if (!(step > 0)) return 0;
  for (let decimals = 0; decimals <= mostDecimals; decimals++) {
    const scaled = step * 10 ** decimals;
    if (scaled >= 0.999 && Math.abs(scaled - Math.round(scaled)) < 1e-3 * scaled) return decimals;
  }
  return mostDecimals;
}

function scientific(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(Math.min(digits, mostDecimals)).split('e');
  // Without trailing zeros: 1.0e-8 is 1e-8.
  return `${Number(mantissa)}e${exponent.replace('+', '')}`;
}

function withMinus(text: string): string {
  return text.replaceAll('-', '\u2212');
}
