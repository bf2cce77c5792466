import {
  calibrationOf,
  type Forecast,
  type Forecaster,
  NoDistributionError,
  type TimeSeries,
} from '@throughtime/forecasting';

/** Forecasts of a saved model, and which of their bounds its errors do not calibrate. */
export interface SavedForecasts {
  /** One per context. */
  readonly forecasts: readonly Forecast[];
  /** How many steps ahead errors calibrate bounds, where further ones are the model's own; undefined where none are. */
  readonly ownAfter: number | undefined;
}

/**
 * Forecasts of a saved model with the quantiles at `levels` that its errors calibrate; further ahead than those reach, with its own. Where
 * errors are too few for `levels`, quantiles are infinite all the way, as they are where a run shows them.
 * @throws ArgumentError for a horizon further than errors reach, of a model without a distribution; NoDistributionError for one without
 * both
 */
export async function savedForecasts(
  forecaster: Forecaster,
  contexts: readonly TimeSeries[],
  { horizon, levels }: { readonly horizon: number; readonly levels: readonly number[] },
): Promise<SavedForecasts> {
  const calibration = levels.length === 0 ? undefined : calibrationOf(forecaster);
  const request = { horizon, levels };
  const own =
    calibration !== undefined && calibration.horizon < horizon
      ? await ownForecasts(calibration.model, contexts, request)
      : undefined;
  if (own === undefined || calibration === undefined) {
    return { forecasts: await forecaster.predictAfter(contexts, horizon, { levels }), ownAfter: undefined };
  }
  const near = await forecaster.predictAfter(contexts, calibration.horizon, { levels });
  const areFinite = near.every(({ quantiles }) =>
    quantiles.every(({ values }) => values.every(Number.isFinite)),
  );
  const forecasts = own.map((forecast, i) => ({
    ...forecast,
    quantiles: forecast.quantiles.map(({ level, values }, q) => {
      const known = near[i].quantiles[q].values;
      const further = (value: number) =>
        areFinite ? value : Math.sign(level - 0.5) * Number.POSITIVE_INFINITY;
      return { level, values: values.map((value, cell) => known[cell] ?? further(value)) };
    }),
  }));
  return { forecasts, ownAfter: areFinite ? calibration.horizon : undefined };
}

/** Forecasts with the distribution of the model itself; undefined where it has none. */
async function ownForecasts(
  model: Forecaster,
  contexts: readonly TimeSeries[],
  { horizon, levels }: { readonly horizon: number; readonly levels: readonly number[] },
): Promise<readonly Forecast[] | undefined> {
  try {
    return await model.predictAfter(contexts, horizon, { levels });
  } catch (error) {
    if (error instanceof NoDistributionError) return undefined;
    throw error;
  }
}
