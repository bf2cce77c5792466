import {
  type Backtest,
  coverage,
  levelsOf,
  meanAbsoluteError,
  meanSquaredError,
  quantileAt,
} from '@throughtime/forecasting';
import { intervalCoverage, type TrainedModel } from '../protocol.js';

/** The error of a backtest of one variable k steps ahead, at index k - 1. */
export function errorsByStep(test: Backtest, measure: TrainedModel['measure']): Float64Array {
  const scale = test.scales[0][0].absolute;
  return Float64Array.from({ length: test.horizon }, (_, step) => {
    const actual = test.records.map((record) => record.actual[step]);
    const forecast = test.records.map((record) => record.forecast.mean[step]);
    return measure === 'MSE'
      ? meanSquaredError(actual, forecast)
      : meanAbsoluteError(actual, forecast) / scale;
  });
}

/** The share of outcomes, over all origins and steps, that the interval held. */
export function measuredCoverage({ records }: Backtest): number {
  const [low, high] = levelsOf([intervalCoverage]);
  const bound = (level: number) =>
    records.flatMap(({ forecast }) => [...(quantileAt(forecast, level) ?? [])]);
  return coverage(
    records.flatMap(({ actual }) => [...actual]),
    bound(low),
    bound(high),
  );
}
