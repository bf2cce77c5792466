/**
 * Ticks for a logarithmic axis, every one of which gets a label: 1, 2 and 5 of each power of ten, more of them in a short
 * range, the powers alone in a long one. Plot's own ticks are more, and it leaves some of their labels empty.
 *
 * @param values what the axis has to hold; only positive ones count
 * @returns undefined where the values are too close together for two such ticks: a linear axis serves as well there, and has more
 */
export function logTicks(values: readonly number[]): number[] | undefined {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = positive.reduce((most, value) => Math.max(most, value), 0);
  if (low >= high) return undefined;
  // Plot labels 3 and 7 within one decade, 5 within two.
  const digits = high / low <= 10 ? [1, 2, 3, 5, 7] : high / low <= 100 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const digit of digits) {
      // Written out, so that 5e-3 is 0.005 to the last bit.
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  return ticks.length < 2 ? undefined : ticks;
}
