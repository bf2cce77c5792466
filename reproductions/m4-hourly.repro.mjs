// M4's 414 hourly series: one recurrent network for all of them, beside the classical methods and the published ones.
import {
  autoregression,
  ensemble,
  globalRecurrent,
  perSeries,
  seasonalNaive,
  theta,
  transformed,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { checksOf, hourlyFiles, loadM4, M4Table, publishedNote } from './m4-protocol.mjs';

export const description = 'M4 competition, hourly: one recurrent network over all series, and an ensemble';
export const duration = 'about half an hour';
/** Its data are read for a run alone: left out of the quick form of all. */
export const needsCorpus = true;

const horizon = 48;

/**
 * Chosen by forecasts of the last 48 hours of the training part: GRU of 128 units, two weeks of context, read a day at a time; one of
 * the values and one of their logarithms.
 */
function recurrentNetwork() {
  const network = (/** @type {number} */ seed) =>
    globalRecurrent({
      horizon,
      cell: 'gru',
      hiddenSize: 128,
      contextLength: 336,
      updates: 4000,
      random: Random.seeded(seed),
    });
  return ensemble({ members: [network(1), transformed(network(2), [{ kind: 'log' }])] });
}

/** @param {{ report: (line: string) => void }} context */
export async function run({ report }) {
  const data = await loadM4(hourlyFiles, 24);
  const table = new M4Table(data, { horizon, report });
  table.published('published: ES-RNN, the winner', 0.893, 9.328);
  table.published('published: FFORMA, the second', 0.819, 11.506);
  table.published('published: ARIMA', 0.943, 13.98);
  table.published('published: ETS', 1.824, 17.307);
  table.published('published: Theta', 2.455, 18.138);
  table.published('published: seasonal naive', 1.193, 13.912);
  await table.local('seasonal naive', () => seasonalNaive({ period: 24 }));
  await table.local('theta, optimized', () => theta({ period: 24 }));
  await table.local('autoregression, order to 28', () => autoregression());
  const members = [recurrentNetwork(), perSeries(() => autoregression({ maxOrder: 180 }))];
  const combined = ensemble({ members, combine: 'weighted', horizon });
  const ensembleRow = await table.global('ensemble, weighted by backtest', combined);
  const recurrentRow = await table.member('one recurrent network (2 seeds averaged)', members[0]);
  await table.member('autoregression of each, order to 180', members[1]);
  return {
    checks: [
      ...checksOf('one recurrent network', recurrentRow, {
        mase: 0.95,
        smape: 12,
        aims: { mase: 0.82, smape: 9.3 },
      }),
      ...checksOf('ensemble', ensembleRow, { mase: 0.85 }),
    ],
    notes: [publishedNote],
  };
}
