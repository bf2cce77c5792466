import { ArgumentError, inWords } from '@throughtime/errors';
import { Conformal } from '../composition/conformal.js';
import type { TimeSeries } from '../series/time-series.js';
import { type Forecaster, forecasterCheck, seriesList } from './forecaster.js';
import { type NetworkTraining, Recurrent } from './recurrent.js';

/** The training of a recurrent forecaster from the weights that it has. */
export interface RecurrentTraining extends NetworkTraining {
  /** What model.safetensors puts before the parameters' names. */
  readonly prefix: string;
}

/**
 * @param forecaster one made by `recurrent`, fitted; with intervals around it or without
 * @param series what to learn from. Default: the series that the forecaster continues
 * @throws ArgumentError for other forecasters, encoder-decoders and L-BFGS; NotFittedError
 */
export function recurrentTraining(
  forecaster: Forecaster,
  series: TimeSeries | readonly TimeSeries[] = forecaster.series,
): RecurrentTraining {
  const { method } = forecasterCheck('forecaster', forecaster);
  const inner = method instanceof Conformal ? method.inner : method;
  if (!(inner instanceof Recurrent))
    throw new ArgumentError(
      'forecaster',
      'a recurrent network that forecasts step by step, without transforms',
      inWords(method.name),
    );
  // The names of forecaster-files.
  const prefix = method instanceof Conformal ? 'model.members.0.' : 'model.';
  return { ...inner.training(seriesList(series)), prefix };
}
