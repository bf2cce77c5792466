import { type Forecaster, linear, mlp, recurrent } from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import type { ModelRequest } from '../protocol.js';

/** An untrained model that gives points; `period` is the season, 1 for none. */
export function createModel(request: ModelRequest, period: number): Forecaster {
  const { model, lags, hidden, epochs, learningRate, seed } = request;
  const common = { random: Random.seeded(seed), epochs, learningRate };
  if (model === 'linear') return linear({ ...common, lags });
  if (model === 'mlp') return mlp({ ...common, lags, hiddenSize: hidden });
  return recurrent({
    ...common,
    cell: model,
    hiddenSize: hidden,
    contextLength: lags,
    // The page is built without tfjs, which the other path needs.
    path: 'fused',
    // The value a season ago spares the network from remembering it.
    lags: period > 1 ? [period, 1] : 1,
  });
}
