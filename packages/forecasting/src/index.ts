export {
  type AlignedTimestamps,
  type AlignOptions,
  alignTimestamps,
  type EditionName,
  type Frequency,
  type FrequencyUnit,
  formatFrequency,
  formatRowTime,
  formatTimestamp,
  inferFrequency,
  parseFrequency,
  SeriesTooShortError,
  seasonalPeriod,
  type Timeline,
  TimestampGapError,
  timestampAt,
  UnevenTimestampsError,
} from '@throughtime/datasets';
export { ArgumentError } from '@throughtime/errors';
export { loadEngine } from '@throughtime/wasm-kernels';
export { type ArimaOptions, arima } from './arima/arima.js';
export type { ArimaFit } from './arima/estimation.js';
export type { ArimaOrder } from './arima/order.js';
export {
  type AwaitableOneStepPredictor,
  type KStepErrorOptions,
  type KStepOptions,
  KStepTable,
  type MultiStepOptions,
  multiStepAhead,
  type OneStepPredictor,
  oneStepAhead,
} from './chapter/k-step.js';
export { type LagWindows, lagWindows } from './chapter/lag-windows.js';
export {
  fitOneStepModel,
  type OneStepModelName,
  type OneStepModelOptions,
  oneStepModelNames,
} from './chapter/one-step-model.js';
export {
  type Edition,
  editions,
  mostSineLags,
  type SineExperiment,
  type SineExperimentOptions,
  sineExperiment,
} from './chapter/sine-experiment.js';
export {
  type Calibration,
  type ConformalOptions,
  calibrated,
  calibratedForecast,
  calibrationOf,
  conformal,
  errorsNeeded,
} from './composition/conformal.js';
export { type EnsembleOptions, ensemble } from './composition/ensemble.js';
export { perSeries } from './composition/per-series.js';
export { type TransformOptions, transformed } from './composition/transformed.js';
export {
  DivergedError,
  HorizonBeyondCovariatesError,
  InvalidModelError,
  NoDistributionError,
  NotFiniteError,
  NotFittedError,
  NothingObservedError,
  NotPositiveError,
} from './errors.js';
export { type EtsOptions, ets } from './ets/exponential-smoothing.js';
export { type Backtest, type BacktestOptions, type BacktestRecord, backtest } from './evaluation/backtest.js';
export { type CompareOptions, type ComparisonRow, compare } from './evaluation/comparison.js';
export {
  compareBacktests,
  type DieboldMariano,
  type DieboldMarianoOptions,
  dieboldMariano,
} from './evaluation/diebold-mariano.js';
export {
  type DiagnosticsOptions,
  oneStepErrors,
  type ResidualDiagnostics,
  residualDiagnostics,
} from './evaluation/residual-diagnostics.js';
export { type ScoreOptions, type Scores, scoreOf, scoresOf } from './evaluation/scores.js';
export {
  decodeForecaster,
  encodeForecaster,
  type ForecasterFileName,
  type ForecasterFiles,
  forecasterFileNames,
  type LoadedForecaster,
  type LoadForecasterOptions,
  type SaveOptions,
} from './files/forecaster-files.js';
export {
  type AutoregressionFit,
  type AutoregressionOptions,
  autoregression,
} from './methods/autoregression.js';
export { drift } from './methods/drift.js';
export {
  type Forecast,
  type ForecastQuantile,
  type ForecastRequest,
  type ForecastTimes,
  levelsOf,
  quantileAt,
} from './methods/forecast.js';
export { Forecaster, type PredictOptions } from './methods/forecaster.js';
export { type GlobalRecurrentOptions, globalRecurrent } from './methods/global-recurrent.js';
export { type CrostonOptions, croston, type TsbOptions, tsb } from './methods/intermittent.js';
export { type LagNetworkOptions, linear, mlp } from './methods/lag-network.js';
export type {
  FitProgress,
  ForecasterFitOptions,
  Method,
  SavedMethod,
  SavedTensor,
} from './methods/method.js';
export type { NetworkOptions } from './methods/network-options.js';
export { type NetworkTraining, type RecurrentOptions, recurrent } from './methods/recurrent.js';
export type { StrategyName } from './methods/recurrent-strategies.js';
export { type RecurrentTraining, recurrentTraining } from './methods/recurrent-training.js';
export { loadMethod } from './methods/saved-method.js';
export { naive, type SeasonalNaiveOptions, seasonalNaive } from './methods/seasonal-naive.js';
export { type ThetaModel, type ThetaOptions, theta } from './methods/theta.js';
export {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanAbsoluteScaledError,
  meanSquaredError,
  rootMeanSquaredError,
  rootMeanSquaredScaledError,
  type ScalingOptions,
  type SeasonalScale,
  seasonalScale,
  symmetricMeanAbsolutePercentageError,
} from './metrics/point-metrics.js';
export {
  coverage,
  gaussianCrps,
  pinballLoss,
  quantileCrps,
  sampleCrps,
} from './metrics/probabilistic-metrics.js';
export type { HeadOptions } from './network/heads.js';
export type { TrainingOptions } from './network/train.js';
export { normalQuantile } from './numeric/distributions.js';
export { type LbfgsOptions, type Minimum, minimize, type Objective } from './numeric/lbfgs.js';
export { LeastSquares } from './numeric/least-squares.js';
export { type CalendarFeature, type CalendarRange, calendarFeatures } from './series/calendar.js';
export { type FromDatasetOptions, fromDataset, fromPanel } from './series/from-dataset.js';
export { Scaler, type ScalerKind } from './series/scaler.js';
export {
  type KnownCovariates,
  learnableSeason,
  type StaticCovariates,
  TimeSeries,
  type TimeSeriesOptions,
} from './series/time-series.js';
export type { SeriesLike } from './series/to-time-series.js';
