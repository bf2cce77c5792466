import {
  autoregression,
  backtest,
  conformal,
  drift,
  type FitProgress,
  type Forecaster,
  ForecastingError,
  levelsOf,
  naive,
  quantileAt,
  seasonalNaive,
  type TimeSeries,
} from '@throughtime/forecasting';
import {
  intervalCoverage,
  type ModelErrors,
  type ModelRequest,
  mostSteps,
  type OriginForecast,
  type TrainedModel,
  type TrainingProgress,
} from '../protocol.js';
import { createModel } from './create-model.js';
import { errorsByStep, measuredCoverage } from './errors-by-step.js';
import type { HeldSeries } from './open-series.js';

/** Rows at the end of the series whose forecasts are drawn, from every one of them. */
const mostDrawn = 600;
/** Origins that are enough to tell models apart: more only take time. */
const mostOrigins = 400;
/** With fewer errors no interval can hold 90%: ceil(10 * .9) of 9. */
const fewestCalibrations = 9;
const mostCalibrations = 100;

export interface TrainOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TrainingProgress) => void;
}

/** A trained model with the series that it was trained on: it answers from any origin. */
export class Experiment {
  readonly trained: TrainedModel;
  readonly #model: Forecaster;
  readonly #series: TimeSeries;
  readonly #horizon: number;

  private constructor(trained: TrainedModel, model: Forecaster, series: TimeSeries, horizon: number) {
    this.trained = trained;
    this.#model = model;
    this.#series = series;
    this.#horizon = horizon;
  }

  /**
   * Trains on the first share of the series and judges the model, beside baselines, on the rest.
   * @returns undefined when it was aborted
   * @throws ForecastingError
   */
  static async run(
    { series, opened }: HeldSeries,
    request: ModelRequest,
    { signal, onProgress }: TrainOptions,
  ): Promise<Experiment | undefined> {
    const start = Math.floor(series.length * request.trainShare);
    const plan = planOf(series, start);
    const measure = opened.noiseFloor === undefined ? 'MASE' : 'MSE';
    const period = request.period ?? opened.period;
    const seasonal = period > 1 && period <= start / 2;
    // Intervals further ahead than can be judged would be a promise without a proof.
    const horizon = Math.min(request.horizon, plan.horizon);
    const calibrations = Math.floor(start / 3) - plan.horizon + 1;
    const model = conformal(createModel(request, seasonal && period <= start / 4 ? period : 1), {
      horizon: plan.horizon,
      origins: Math.min(mostCalibrations, Math.max(fewestCalibrations, calibrations)),
    });
    const judged = async (one: Forecaster, onFit?: (progress: FitProgress) => void) => {
      const began = performance.now();
      const test = await backtest(one, series, {
        ...plan,
        period: seasonal ? period : 1,
        coverages: [intervalCoverage],
        signal,
        ...(onFit && { fit: { onProgress: onFit } }),
      });
      return { test, seconds: (performance.now() - began) / 1000 };
    };
    const own = await judged(model, inPhases(onProgress));
    if (signal.aborted) return undefined;
    const drawn = await drawnForecasts(model, series, { start, steps: plan.horizon });
    const baselines = [autoregression(), naive(), ...(seasonal ? [seasonalNaive({ period })] : []), drift()];
    const results = [own];
    for (const baseline of baselines) results.push(await judged(baseline));
    const trained: TrainedModel = {
      name: own.test.name,
      start,
      steps: plan.horizon,
      ...drawn,
      measure,
      judgedOrigins: own.test.records.length,
      comparison: results.map(
        ({ test, seconds }): ModelErrors => ({
          name: test.name,
          errors: errorsByStep(test, measure),
          coverage: measuredCoverage(test),
          seconds,
        }),
      ),
      notes: [
        ...(horizon < request.horizon
          ? [`Forecasts reach ${horizon} steps: the values after the training share judge no more.`]
          : []),
        ...(period > 1 && !seasonal
          ? [
              `No seasonal naive: a season of ${period} steps is longer than half of the ${start} training values.`,
            ]
          : []),
      ],
    };
    return new Experiment(trained, model, series, horizon);
  }

  /** The forecast after the first `origin` values, with its interval. */
  async forecastFrom(origin: number): Promise<OriginForecast> {
    const levels = levelsOf([intervalCoverage]);
    const context = this.#series.slice(0, origin);
    const forecast = await this.#model.predict(this.#horizon, { context, levels });
    const bound = (level: number) => quantileAt(forecast, level) ?? forecast.mean;
    return { origin, mean: forecast.mean, lower: bound(levels[0]), upper: bound(levels[1]) };
  }
}

function planOf(
  { name, length }: TimeSeries,
  start: number,
): { start: number; horizon: number; stride: number } {
  const left = length - start;
  if (left < 4) {
    throw new ForecastingError(
      `series '${name}': expected at least 4 values after the training share to judge the model on, got ${left}`,
    );
  }
  // Half of the values left are origins, at the least.
  const horizon = Math.min(mostSteps, Math.floor(left / 2));
  return { start, horizon, stride: Math.max(1, Math.ceil((left - horizon) / mostOrigins)) };
}

/** Conformal intervals fit twice; which of the two it is shows when epochs begin anew. */
function inPhases(onProgress: TrainOptions['onProgress']): (progress: FitProgress) => void {
  let last = 0;
  let fits = 0;
  return ({ epoch, epochs, loss }) => {
    if (epoch <= last || last === 0) fits++;
    last = epoch;
    onProgress({ phase: fits === 1 ? 'calibration' : 'final', epoch, epochs, loss });
  };
}

async function drawnForecasts(
  model: Forecaster,
  series: TimeSeries,
  { start, steps }: { readonly start: number; readonly steps: number },
): Promise<Pick<TrainedModel, 'firstOrigin' | 'rolling' | 'freeRunning'>> {
  const firstOrigin = Math.max(start, series.length - mostDrawn);
  const count = series.length - firstOrigin;
  const contexts = Array.from({ length: count }, (_, row) => series.slice(0, firstOrigin + row));
  const forecasts = await model.predictAfter(contexts, steps);
  const rolling = new Float64Array(steps * count);
  forecasts.forEach(({ mean }, row) => {
    for (let step = 0; step < steps; step++) rolling[step * count + row] = mean[step];
  });
  const free = await model.predict(count, { context: contexts[0] });
  return { firstOrigin, rolling, freeRunning: free.mean };
}
