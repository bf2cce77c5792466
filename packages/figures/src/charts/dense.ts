import type { SeriesPoint } from './series-point.js';

/** A stretch of time, with the values that it holds. */
export interface Stretch {
  readonly time: number | Date;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
}

/** Points to a pixel, from which on a line is a block of color. */
const mostPerPixel = 3;
/** Swings over the whole range to a pixel, from which on it is one, too: a week's ups and downs, say. */
const mostSwings = 0.25;
/** A line of fewer points is seen as it is, however small the figure. */
const fewest = 100;
/** Pixels to a stretch: narrower ones would show steps of nothing but chance. */
const stretchWidth = 3;

/**
 * The stretches of a line that has more points than can be seen: a band from the lowest value to the highest, and the mean, show its
 * shape where the line itself would be a block of color.
 * @param pixels the width over which the points are spread
 * @returns undefined where a line shows them well
 */
export function stretchesOf(points: readonly SeriesPoint[], pixels: number): Stretch[] | undefined {
  const isSeen = points.length <= mostPerPixel * pixels && swingsOf(points) <= mostSwings * pixels;
  if (points.length < fewest || isSeen) return undefined;
  const count = Math.max(1, Math.floor(pixels / stretchWidth));
  return Array.from({ length: count }, (_, stretch) => {
    const from = Math.floor((stretch * points.length) / count);
    const to = Math.floor(((stretch + 1) * points.length) / count);
    let [low, high, sum, known] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
    for (let i = from; i < to; i++) {
      const { value } = points[i];
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
      known++;
    }
    const { time } = points[Math.floor((from + to - 1) / 2)];
    // Nothing known is a gap.
    return known === 0
      ? { time, low: Number.NaN, high: Number.NaN, mean: Number.NaN }
      : { time, low, high, mean: sum / known };
  });
}

/** How often a line goes through the whole of its range, up or down. */
function swingsOf(points: readonly SeriesPoint[]): number {
  let [low, high, way] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  let last = Number.NaN;
  for (const { value } of points) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (Number.isFinite(last)) way += Math.abs(value - last);
    last = value;
  }
  return high > low ? way / (high - low) : 0;
}
