import type { Objective } from './lbfgs.js';

/** Far enough that rounding is no part of a slope, and with four points near enough that curvature is none either. */
const reach = 1e-3;

/**
 * A function with its gradient by differences: of two points, or of four, whose error falls with the fourth power of their distance.
 * @param pairs points on each side
 */
export function slopes(value: (point: Float64Array) => number, pairs: 1 | 2): Objective {
  return (point, gradient) => {
    const moved = point.slice();
    const at = (entry: number, distance: number) => {
      moved[entry] = point[entry] + distance;
      const found = value(moved);
      moved[entry] = point[entry];
      return found;
    };
    for (let entry = 0; entry < point.length; entry++) {
      const near = (at(entry, reach) - at(entry, -reach)) / (2 * reach);
      gradient[entry] =
        pairs === 1 ? near : (4 * near - (at(entry, 2 * reach) - at(entry, -2 * reach)) / (4 * reach)) / 3;
    }
    const here = value(point);
    if (Number.isFinite(here) && gradient.every(Number.isFinite)) return here;
    gradient.fill(0);
    return Number.MAX_VALUE;
  };
}
