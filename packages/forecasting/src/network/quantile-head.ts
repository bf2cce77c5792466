import { ArgumentError } from '@throughtime/errors';
import type { Head } from './head.js';

const defaultLevels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/** One output a level, trained by the pinball loss, averaged over the levels. */
export function quantileHead(levels: readonly number[] = defaultLevels): Head {
  const increasing = levels.every((level, i) => level > (levels[i - 1] ?? 0) && level < 1);
  if (!increasing || !levels.includes(0.5)) {
    throw new ArgumentError(
      'head.levels',
      'increasing levels between 0 and 1, 0.5 among them',
      levels.join(),
    );
  }
  const size = levels.length;
  const median = levels.indexOf(0.5);

  /** Outputs of neighbouring levels may cross, as nothing in the loss forbids it: sorting never increases the loss. */
  const sorted = (outputs: Float32Array, at: number) => outputs.slice(at, at + size).sort();

  /** Linear between levels; beyond the outermost, along the line of the last two. */
  const interpolate = (values: Float32Array, level: number) => {
    if (size === 1) return values[0];
    let right = levels.findIndex((known) => known >= level);
    if (right < 0) right = size - 1;
    right = Math.max(1, right);
    const share = (level - levels[right - 1]) / (levels[right] - levels[right - 1]);
    return values[right - 1] + share * (values[right] - values[right - 1]);
  };

  return {
    kind: 'quantile',
    size,
    lossAndGradient(outputs, at, target, gradient) {
      let loss = 0;
      for (let i = 0; i < size; i++) {
        const error = target - outputs[at + i];
        loss += Math.max(levels[i] * error, (levels[i] - 1) * error) / size;
        gradient[at + i] = (error > 0 ? -levels[i] : 1 - levels[i]) / size;
      }
      return loss;
    },
    point: (outputs, at) => sorted(outputs, at)[median],
    distribution: {
      quantile: (outputs, at, level) => interpolate(sorted(outputs, at), level),
      sample: (outputs, at, random) => interpolate(sorted(outputs, at), random.uniform()),
    },
  };
}
