import { TimeSeries } from '@throughtime/forecasting';
import type { OpenedSeries } from './open-series.js';

/**
 * A series whose missing values are filled in, so that every model can learn it: with straight lines between their neighbors, and at an
 * end with the nearest value. It says in a note how many there were.
 */
export function withoutGaps(opened: OpenedSeries): OpenedSeries {
  const { series } = opened;
  const values = filledIn(series.values);
  const missing = series.values.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
  if (missing === 0) return opened;
  const { name, variables, timeline, period } = series;
  const filled = TimeSeries.of({ name, values, variables, timeline, period });
  return { ...opened, series: filled, all: [filled], notes: [...opened.notes, { kind: 'filled', missing }] };
}

function filledIn(values: Float64Array): Float64Array {
  const filled = values.slice();
  let last = -1;
  for (let i = 0; i <= values.length; i++) {
    if (i < values.length && Number.isNaN(values[i])) continue;
    const before = values[last] ?? values[i];
    const after = values[i] ?? values[last];
    for (let gap = last + 1; gap < i; gap++) {
      filled[gap] = before + ((after - before) * (gap - last)) / (i - last);
    }
    last = i;
  }
  return filled;
}
