// M4's 359 weekly series: one recurrent network for all of them, beside the classical methods and the published ones.
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
import { checksOf, loadM4, M4Table, publishedNote, weeklyFiles } from './m4-protocol.mjs';

export const description = 'M4 competition, weekly: one recurrent network over all series, and an ensemble';
export const duration = 'about five minutes';
/** Its data are read for a run alone: left out of the quick form of all. */
export const needsCorpus = true;

const horizon = 13;

/**
 * Chosen by forecasts of the last 13 weeks of the training part: LSTM of 64 units, five years of context, read a year at a time, of the
 * logarithms.
 */
function recurrentNetwork() {
  const network = globalRecurrent({
    horizon,
    contextLength: 260,
    stepLength: 52,
    networks: 5,
    updates: 2000,
    random: Random.seeded(1),
  });
  return transformed(network, [{ kind: 'log' }]);
}

/** @param {{ report: (line: string) => void }} context */
export async function run({ report }) {
  const data = await loadM4(weeklyFiles, 1);
  const table = new M4Table(data, { horizon, report });
  table.published('published: ES-RNN, the winner', 2.356, 7.817);
  table.published('published: FFORMA, the second', 2.108, 7.625);
  table.published('published: ARIMA', 2.556, 8.653);
  table.published('published: ETS', 2.527, 8.727);
  table.published('published: Theta', 2.637, 9.093);
  table.published('published: seasonal naive', 2.777, 9.161);
  await table.local('seasonal naive', () => seasonalNaive({ period: 1 }));
  await table.local('theta, optimized', () => theta({ period: 1 }));
  const members = [recurrentNetwork(), perSeries(() => autoregression())];
  const combined = ensemble({ members, combine: 'weighted', horizon });
  const ensembleRow = await table.global('ensemble, weighted by backtest', combined);
  const recurrentRow = await table.member('one recurrent network (5 seeds averaged)', members[0]);
  await table.member('autoregression of each, order to 28', members[1]);
  return {
    checks: [
      ...checksOf('one recurrent network', recurrentRow, {
        mase: 2.3,
        smape: 7.8,
        aims: { mase: 2.05, smape: 7.0 },
      }),
      ...checksOf('ensemble', ensembleRow, { mase: 2.1 }),
    ],
    notes: [publishedNote],
  };
}
