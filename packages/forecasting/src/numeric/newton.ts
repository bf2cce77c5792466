import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Objective } from './lbfgs.js';

/** A logit that says "at the bound" to the last digit. */
const atBound = 40;

/** Beyond this a logit is near a bound: less than a fiftieth of the way is left. */
const nearBound = 4;

/** Differences of values below this are rounding. */
const rounding = 1e-9;

const mostRounds = 60;

/** A step takes as many gradients as there are unknowns, twice, and their cube in arithmetic: more unknowns take too long. */
const mostUnknowns = 64;

interface Place {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

/**
 * Takes a minimum that a search by values has found to where the gradient is zero. Such a search stops when the value no longer
 * falls, which leaves half of the digits of the point to chance. Damped Newton steps (Levenberg and Marquardt), with second
 * derivatives from differences of the gradient, find the others. Directions in which the function is flat are left alone, and so is a
 * problem of more than 64 unknowns.
 * @param shares entries that are logits of shares. A minimum at a bound lies at infinity, which steps approach and never reach: such
 *   an entry is put there
 */
export function polished(objective: Objective, start: Float64Array, shares: readonly number[]): Float64Array {
  const at = (point: Float64Array): Place => {
    const gradient = new Float64Array(point.length);
    return { point, gradient, value: objective(point, gradient) };
  };
  let here = at(start);
  if (!Number.isFinite(here.value) || here.value === Number.MAX_VALUE || start.length > mostUnknowns)
    return start;
  const free = new Set(start.keys());
  const length = ({ gradient }: Place) => Math.hypot(...[...free].map((entry) => gradient[entry]));
  let damping = 1e-3;
  for (let round = 0; round < mostRounds && length(here) > 0 && damping < 1e6; round++) {
    for (const share of shares) {
      if (!free.has(share) || Math.abs(here.point[share]) < nearBound) continue;
      const moved = here.point.slice();
      moved[share] = Math.sign(moved[share]) * atBound;
      const there = at(moved);
      if (!(there.value <= here.value + rounding)) continue;
      here = there;
      free.delete(share);
    }
    const entries = [...free];
    const curvature = secondDerivatives(objective, here.point, entries);
    if (curvature === undefined) break;
    // The same derivatives serve until a step is short enough.
    for (; damping < 1e6; damping *= 10) {
      const moved = here.point.slice();
      stepOf(curvature, here.gradient, { entries, damping }).forEach((step, i) => {
        moved[entries[i]] += step;
      });
      const there = at(moved);
      // At the end values differ by rounding alone, and only the gradient still tells.
      const better =
        there.value < here.value - rounding ||
        (there.value <= here.value + rounding && length(there) < length(here));
      if (!better) continue;
      here = there;
      damping = Math.max(damping / 100, 1e-12);
      break;
    }
  }
  return here.point;
}

function secondDerivatives(
  objective: Objective,
  point: Float64Array,
  entries: readonly number[],
): EigenvalueDecomposition | undefined {
  const size = entries.length;
  const curvature = Matrix.zeros(size, size);
  const reach = 1e-4;
  const [ahead, behind] = [new Float64Array(point.length), new Float64Array(point.length)];
  entries.forEach((at, column) => {
    const moved = point.slice();
    moved[at] = point[at] + reach;
    objective(moved, ahead);
    moved[at] = point[at] - reach;
    objective(moved, behind);
    entries.forEach((other, row) => {
      const half = (ahead[other] - behind[other]) / (4 * reach);
      curvature.set(row, column, curvature.get(row, column) + half);
      curvature.set(column, row, curvature.get(column, row) + half);
    });
  });
  if (size === 0 || !curvature.to1DArray().every(Number.isFinite)) return undefined;
  return new EigenvalueDecomposition(curvature, { assumeSymmetric: true });
}

function stepOf(
  { realEigenvalues, eigenvectorMatrix }: EigenvalueDecomposition,
  gradient: Float64Array,
  { entries, damping }: { readonly entries: readonly number[]; readonly damping: number },
): number[] {
  const steepest = Math.max(...realEigenvalues.map(Math.abs));
  const step = new Array<number>(entries.length).fill(0);
  realEigenvalues.forEach((bend, k) => {
    if (!(Math.abs(bend) > 1e-12 * steepest)) return;
    const along = eigenvectorMatrix.getColumn(k);
    const slope = entries.reduce((sum, at, i) => sum + along[i] * gradient[at], 0);
    // Downhill also where the function bends downward.
    const distance = slope / (Math.abs(bend) + damping * steepest);
    for (let i = 0; i < entries.length; i++) step[i] -= distance * along[i];
  });
  return step;
}
