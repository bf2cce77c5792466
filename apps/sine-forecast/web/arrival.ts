import type { Settings } from '@throughtime/web-page';
// biome-ignore lint/correctness/useImportExtensions: it is no TypeScript
import file from './arrival.json' with { type: 'json' };
import type { DrawnModel, ModelRequest, SeriesRequest, ShownSeries } from './protocol.js';
import { areSame, quickRequest } from './requests.js';

// What the page shows before its worker is there: the linear model of the settings that the form comes with. The worker fits it again, to judge
// it. arrival.test.ts makes the file by the worker's own code (`npx vitest run arrival -u`), and fails where it is not the same.

/** The file: plain numbers, of the forecasts those rows that the page draws. */
export interface ArrivalFile {
  readonly series: SeriesRequest;
  readonly fit: ModelRequest;
  readonly opened: Omit<ShownSeries, 'values'> & { readonly values: readonly number[] };
  readonly drawn: Omit<DrawnModel, 'rolling' | 'freeRunning'> & {
    /** By steps ahead. */
    readonly rolling: Readonly<Record<string, readonly number[]>>;
    readonly freeRunning: readonly number[];
  };
}

export interface Arrival {
  readonly fit: ModelRequest;
  readonly opened: ShownSeries;
  /** Its forecasts are rounded, and missing but for some steps ahead. */
  readonly drawn: DrawnModel;
}

/** The arrival, where it is what the settings ask for. */
export function arrivalFor(series: SeriesRequest, settings: Settings): Arrival | undefined {
  const { fit, opened, drawn, ...from } = file as unknown as ArrivalFile;
  if (!areSame(series, from.series) || !areSame(quickRequest(settings, opened.suggested), fit))
    return undefined;
  if (drawn.rolling[settings.k] === undefined) return undefined;
  const count = opened.values.length - drawn.firstOrigin;
  const rolling = new Float64Array(drawn.steps * count).fill(Number.NaN);
  for (const [step, row] of Object.entries(drawn.rolling)) rolling.set(row, (Number(step) - 1) * count);
  return {
    fit,
    opened: { ...opened, values: Float64Array.from(opened.values) },
    drawn: { ...drawn, rolling, freeRunning: Float64Array.from(drawn.freeRunning) },
  };
}
