export { ArgumentError } from '@throughtime/errors';
export { type AttentionWeights, attentionFigure } from './charts/attention.js';
export { computationGraphFigure, type UnrolledGraph } from './charts/computation-graph.js';
export {
  type ErrorByHorizonOptions,
  errorByHorizonFigure,
  type HorizonErrors,
} from './charts/error-by-horizon.js';
export {
  forecastIntervalFigure,
  type InnerInterval,
  type IntervalOptions,
  type IntervalPoint,
} from './charts/forecast-intervals.js';
export { type GradientFlow, type GradientFlowOptions, gradientFlowFigure } from './charts/gradient-flow.js';
export { type HiddenActivations, hiddenUnitsFigure } from './charts/hidden-units.js';
export {
  type AutocorrelationOptions,
  autocorrelationFigure,
  type NormalQuantileOptions,
  normalQuantileFigure,
  type ResidualOptions,
  residualFigure,
} from './charts/residuals.js';
export { type SeriesLine, type SeriesOptions, seriesFigure } from './charts/series.js';
export type { SeriesPoint } from './charts/series-point.js';
export { type SweepFigureOptions, type SweptRun, sweepFigure } from './charts/sweep.js';
export {
  gradientNormCurves,
  learningRateCurve,
  perplexityCurves,
  type ReferenceLine,
  type TrainingCurve,
  type TrainingCurvesOptions,
  type TrainingPoint,
} from './charts/training-curves.js';
export { type RankedFrequencies, zipfFigure } from './charts/zipf.js';
export type { Figure, FigureSize, LegendEntry } from './figure.js';
export { contextColor, contextColors, lineColors, seriesColor, seriesColors, themes } from './palette.js';
export { type RenderOptions, renderFigure, type Theme } from './render.js';
export { type ReportFigure, type ReportLink, type ReportSection, reportHtml } from './report.js';
