/** Where the search by values ends and that by slopes begins: values this near to a minimum still differ by more than rounding. */
const near = 1e-3;

/** Half the distance between the values that give a slope. */
const reach = 1e-4;

/**
 * Where a smooth function of one number, with one minimum between two, is least. Values tell no more than half of the digits of
 * the place, so the last steps look for where the slope, a symmetric difference, is zero: rounding of the values moves the place
 * by its last digits alone.
 */
export function leastBetween(
  value: (x: number) => number,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  let [left, right] = [low, high];
  while (right - left > near) {
    const [first, second] = [left + (right - left) / 3, right - (right - left) / 3];
    if (value(first) <= value(second)) right = second;
    else left = first;
  }
  let x = (left + right) / 2;
  for (let step = 0; step < 5; step++) {
    const [below, here, above] = [value(x - reach), value(x), value(x + reach)];
    const bend = above - 2 * here + below;
    if (!(bend > 0)) break;
    x = Math.min(high, Math.max(low, x - (reach * (above - below)) / (2 * bend)));
  }
  // Where the function falls all the way, the least value is at an end.
  return [low, high].reduce((best, end) => (value(end) < value(best) ? end : best), x);
}
