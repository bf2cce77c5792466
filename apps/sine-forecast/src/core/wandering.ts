import { autoregression, type Forecaster, type TimeSeries, transformed } from '@throughtime/forecasting';

/** How many of the training values, at their end, are forecast to find out. */
const share = 0.3;

/** From how many places among them at most. */
const mostOrigins = 20;

/** Changes must forecast better by this factor: what is about even stays as it is. */
const clearly = 0.95;

/**
 * Whether a series wanders, so that models which learn its level should learn its changes instead. An autoregression of each forecasts
 * the end of the training values; the one of changes must err clearly less. A season is told apart otherwise, and one series of several
 * does not speak for the others.
 * @param training what comes before the first forecast
 */
export async function wanders(
  training: TimeSeries,
  { period, horizon }: { readonly period: number; readonly horizon: number },
): Promise<boolean> {
  const start = Math.floor((1 - share) * training.length);
  const last = training.length - horizon;
  const models = [autoregression(), transformed(autoregression(), [{ kind: 'difference', lag: 1 }])];
  const needed = Math.max(...models.map(({ method }) => method.requires('fit').length));
  // Holes, and values that never change, tell nothing of it.
  const [first] = training.values;
  const tells =
    training.values.every(Number.isFinite) &&
    training.values.subarray(0, start).some((value) => value !== first);
  if (period > 1 || training.width > 1 || start < needed || last < start || !tells) return false;
  const stride = Math.ceil((last - start + 1) / mostOrigins);
  const origins = Array.from(
    { length: Math.floor((last - start) / stride) + 1 },
    (_, i) => start + i * stride,
  );
  const [values, changes] = await Promise.all(
    models.map((model) => errorOf(model, { training, start, origins, horizon })),
  );
  return changes < clearly * values;
}

/** Says which models learn changes. */
export function wanderingRemarks(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `The series wanders: at the end of the training values its changes forecast better than its values, so ${names.join(', ')} learn changes.`,
  ];
}

/** Mean absolute error of a model that is fitted once. */
async function errorOf(
  model: Forecaster,
  {
    training,
    start,
    origins,
    horizon,
  }: {
    readonly training: TimeSeries;
    readonly start: number;
    readonly origins: readonly number[];
    readonly horizon: number;
  },
): Promise<number> {
  await model.fit(training.slice(0, start));
  const forecasts = await model.predictAfter(
    origins.map((origin) => training.slice(0, origin)),
    horizon,
  );
  const errors = forecasts.flatMap(({ mean }, i) =>
    Array.from(mean, (value, step) => Math.abs(value - training.values[origins[i] + step])),
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
