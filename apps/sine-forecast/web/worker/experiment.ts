import {
  type Backtest,
  backtest,
  errorsNeeded,
  type Forecaster,
  type TimeSeries,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import type { Settings } from '@throughtime/web-page';
import {
  boundsOf,
  compareModels,
  defaultStride,
  errorsAt,
  type FailedModel,
  innerCoverages,
  intervalCoverage,
  intervalsOf,
  type JudgedModel,
  longestHorizon,
  type Measure,
  measuredCoverage,
  measureOf,
  withIntervals,
} from '../../src/core/compare-models.js';
import { modelTitle } from '../../src/core/labels.js';
import {
  baselineNames,
  calibrationOrigins,
  createModel,
  isRecurrent,
  type ModelName,
  type ModelSettings,
  pageSeason,
} from '../../src/core/models.js';
import { type OpenedSeries, trainingLength } from '../../src/core/open-series.js';
import {
  type DrawnModel,
  type ModelErrors,
  type ModelRequest,
  mostSteps,
  type OriginForecast,
  type TrainedModel,
  type TrainingPhase,
  type TrainingProgress,
} from '../protocol.js';
import { numbers, workerTexts } from '../texts/chosen-worker.js';
import type { HeldSeries } from './open-series.js';
import { type FittedModels, packModels } from './shared-model.js';
import { TrainingProblem } from './training-problem.js';

/** Rows at the end of the series whose forecasts are drawn, from every one of them. */
const mostDrawn = 600;

export interface TrainOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Called once, as soon as there is something to draw. */
  readonly onDrawn?: (drawn: DrawnModel) => void;
  /** Models that were trained elsewhere on the same series: nothing is fitted but baselines. Default: none. */
  readonly fitted?: FittedModels | undefined;
  /** Where results of baselines are looked up and kept. Default: nowhere. */
  readonly baselines?: BaselineResults;
}

/** Results of baselines on one series, by what they depend on. */
export type BaselineResults = Map<string, BaselineComparison>;

interface BaselineComparison {
  readonly lines: readonly ModelErrors[];
  readonly learnNothing: readonly string[];
  readonly failed: readonly FailedModel[];
}

/** A trained model with the series that it was trained on: it answers from any origin. */
export class Experiment {
  readonly trained: TrainedModel;
  readonly #fitted: FittedModels;
  /** The model's errors at the end of its training values, which its intervals are as wide as. */
  readonly #calibration: Backtest;
  readonly #series: TimeSeries;
  readonly #horizon: number;

  private constructor(
    trained: TrainedModel,
    {
      fitted,
      calibration,
      series,
      horizon,
    }: { fitted: FittedModels; calibration: Backtest; series: TimeSeries; horizon: number },
  ) {
    this.trained = trained;
    this.#fitted = fitted;
    this.#calibration = calibration;
    this.#series = series;
    this.#horizon = horizon;
  }

  /**
   * Trains on the first share of the series and judges the model, beside baselines, on the rest.
   * @returns undefined when it was aborted
   * @throws ThroughtimeError
   */
  static async run(
    { opened }: HeldSeries,
    request: ModelRequest,
    { signal, onProgress, onDrawn, fitted: given, baselines = new Map() }: TrainOptions,
  ): Promise<Experiment | undefined> {
    const { series } = opened;
    const start = trainingLength(series.length, request.trainShare);
    const plan = planOf(series, start);
    const season = request.period ?? opened.period;
    const seasonal = season > 1 && season <= start / 2;
    const period = seasonal ? season : 1;
    const settings = settingsOf(request, opened, pageSeason(season, start));
    const create = () => createModel(request.model, { ...settings, random: Random.seeded(request.seed) });
    const onEpoch = (phase: TrainingPhase) => (progress: Omit<TrainingProgress, 'phase'>) =>
      onProgress({ phase, ...progress });

    // Two models from the same seed: the final one is the one that `forecast run` trains, whatever calibrates its intervals.
    const fitted = given ?? { calibration: create(), final: create() };
    if (given !== undefined) requireSame(given, create());
    const training = series.slice(0, start);
    const { horizon: longest } = plan;
    const calibrationPlan = calibrationPlanOf(fitted.calibration, training, longest, settings.period);
    // What can be seen comes first: judging takes longer than a linear model's fit.
    const { final: model } = fitted;
    const began = performance.now();
    if (given === undefined) await model.fit(training, { signal, onProgress: onEpoch('final') });
    const seconds = (performance.now() - began) / 1000;
    if (signal.aborted) return undefined;
    const drawn: DrawnModel = {
      model: request.model,
      name: model.name,
      start,
      steps: longest,
      ...(await drawnForecasts(model, series, { start, steps: longest })),
    };
    onDrawn?.(drawn);
    const calibration = await backtest(fitted.calibration, training, {
      ...calibrationPlan,
      signal,
      refit: given === undefined ? 'once' : 'never',
      fit: { onProgress: onEpoch('calibration') },
    });
    if (signal.aborted) return undefined;
    const judgement = { ...plan, period, signal, refit: 'never' as const };
    const [own] = await compareModels([{ name: request.model, model }], series, judgement);
    if (signal.aborted) return undefined;
    const measure = measureOf(opened);
    const line = lineOf(measure, plan.horizon);
    const key = JSON.stringify([plan, period]);
    const known = baselines.get(key) ?? (await compareBaselines(series, { ...plan, period, signal }, line));
    if (signal.aborted) return undefined;
    baselines.set(key, known);
    // Intervals further ahead than can be judged would be a promise without a proof.
    const horizon = Math.min(request.horizon, plan.horizon);
    const judged = line({
      ...own,
      seconds: own.seconds + seconds,
      test: withIntervals(own.test, calibration),
    });
    const trained: TrainedModel = {
      ...drawn,
      measure,
      judgedOrigins: own.test.records.length,
      own: judged,
      baselines: known.lines,
      learnNothing: known.learnNothing,
      notes: [
        ...known.failed.map(({ name, error }) => ({
          kind: 'failed' as const,
          model: name,
          problem: error.message,
        })),
        ...(horizon < request.horizon ? [{ kind: 'short' as const, steps: horizon }] : []),
        ...(season > 1 && !seasonal ? [{ kind: 'no season' as const, season, values: start }] : []),
      ],
    };
    return new Experiment(trained, { fitted, calibration, series, horizon });
  }

  /** What was fitted, as bytes for others. @param settings of the form, where they are to be told */
  packed(settings?: Settings): Uint8Array<ArrayBuffer> {
    return packModels(this.#fitted, settings);
  }

  /** The forecast after the first `origin` values, with its interval. */
  async forecastFrom(origin: number): Promise<OriginForecast> {
    const forecast = await this.#fitted.final.predict(this.#horizon, {
      context: this.#series.slice(0, origin),
    });
    const calibrated = intervalsOf(forecast, this.#calibration, [...innerCoverages, intervalCoverage]);
    const inner = innerCoverages.map((level) => ({ level, ...boundsOf(calibrated, level) }));
    return { origin, mean: forecast.mean, ...boundsOf(calibrated), inner };
  }
}

/** A link may have been edited: its settings then ask for another model than the one that it carries. */
function requireSame({ calibration, final }: FittedModels, { name }: Forecaster): void {
  for (const model of [calibration, final])
    if (model.name !== name)
      throw new TrainingProblem(workerTexts.training.anotherModel(modelTitle(model.name), modelTitle(name)));
}

/** A model's line in the comparison. */
function lineOf(measure: Measure, horizon: number): (judged: JudgedModel) => ModelErrors {
  const steps = Array.from({ length: horizon }, (_, i) => i + 1);
  return ({ test, seconds }) => ({
    name: test.name,
    errors: Float64Array.from(errorsAt(test, measure, steps)),
    coverage: measuredCoverage(test),
    seconds,
  });
}

/** The baselines from the same origins; one that cannot be fitted costs its own line and no more. */
async function compareBaselines(
  series: TimeSeries,
  options: Plan & { readonly period: number; readonly signal: AbortSignal },
  line: (judged: JudgedModel) => ModelErrors,
): Promise<BaselineComparison> {
  const { period } = options;
  const names: ModelName[] = ['ar', ...baselineNames(period), 'drift'];
  const failed: FailedModel[] = [];
  const judged = await compareModels(
    names.map((name) => ({
      name,
      // None of them draws a number.
      model: createModel(name, { period, calendar: [], random: Random.seeded(1) }),
    })),
    series,
    // The page shows no CRPS.
    { ...options, coverages: [intervalCoverage], crps: false },
    { onFailure: (failure) => failed.push(failure) },
  );
  const learnNothing = judged
    .filter(({ name }) => baselineNames(period).includes(name as ModelName))
    .map(({ test }) => test.name);
  return { lines: judged.map(line), learnNothing, failed };
}

/** The settings of the request, as the command would pass them on. */
function settingsOf(
  { model, lags, hiddenSize, epochs, learningRate }: ModelRequest,
  { calendar }: OpenedSeries,
  period: number,
): Omit<ModelSettings, 'random'> {
  return {
    period,
    calendar,
    ...(isRecurrent(model) ? { context: lags } : { lags }),
    epochs,
    learningRate,
    hiddenSize,
    // The page is built without tfjs, which the other path needs.
    path: 'fused',
  };
}

interface Plan {
  readonly start: number;
  readonly horizon: number;
  readonly stride: number;
}

/** Where forecasts begin, how far they go, and how far apart they are. */
function planOf({ name, length }: TimeSeries, start: number): Plan {
  const left = length - start;
  if (left < 4) {
    throw new TrainingProblem(workerTexts.training.fewToJudge(name, numbers.count(left)));
  }
  const horizon = Math.min(mostSteps, longestHorizon(left));
  return { start, horizon, stride: defaultStride(left, horizon) };
}

/** Where a model that is fitted without the end of its training values forecasts them. */
function calibrationPlanOf(model: Forecaster, training: TimeSeries, horizon: number, period: number): Plan {
  const train = training.length;
  const fewest = errorsNeeded(intervalCoverage);
  const { origins, stride } = calibrationOrigins(model, { horizon, train, period, fewest });
  const held = (origins - 1) * stride + horizon;
  const { length } = model.method.requires('fit');
  if (length + held > train) {
    throw new TrainingProblem(
      workerTexts.training.fewToLearn({
        name: training.name,
        values: numbers.count(train),
        needed: numbers.count(length + held),
        model: modelTitle(model.name),
        fitted: numbers.count(length),
        held: numbers.count(held),
      }),
    );
  }
  return { start: train - held, horizon, stride };
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
