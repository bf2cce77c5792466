import { loadSeries } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { conformal } from '../composition/conformal.js';
import { ensemble } from '../composition/ensemble.js';
import { transformed } from '../composition/transformed.js';
import { autoregression } from '../methods/autoregression.js';
import type { Forecaster } from '../methods/forecaster.js';
import { type RecurrentOptions, recurrent } from '../methods/recurrent.js';
import { naive, seasonalNaive } from '../methods/seasonal-naive.js';
import { fromDataset } from '../series/from-dataset.js';
import { backtest } from './backtest.js';
import { compareBacktests } from './diebold-mariano.js';
import { scoresOf } from './scores.js';

describe('AirPassengers, the last 24 months', () => {
  const network = (seed: number, cell: 'gru' | 'lstm', options: Partial<RecurrentOptions> = {}) =>
    recurrent({
      cell,
      random: Random.seeded(seed),
      hiddenSize: 16,
      contextLength: 24,
      epochs: 40,
      learningRate: 0.01,
      ...options,
    });
  const yearly = (model: Forecaster) =>
    transformed(model, [{ kind: 'log' }, { kind: 'difference', lag: 12 }]);
  const monthly = (model: Forecaster) =>
    transformed(model, [{ kind: 'log' }, { kind: 'difference', lag: 1 }]);
  const candidates: Record<string, () => Forecaster> = {
    'gru of yearly changes': () => yearly(network(1, 'gru')),
    'lstm of yearly changes': () => yearly(network(1, 'lstm')),
    'gru of monthly changes with the calendar': () =>
      monthly(network(1, 'gru', { calendar: ['month-of-year'] })),
    'three gru and an autoregression, of yearly changes': () =>
      ensemble({
        members: [
          yearly(autoregression({ order: 13 })),
          ...[1, 2, 3].map((seed) => yearly(network(seed, 'gru'))),
        ],
      }),
  };

  it('the recurrent model or ensemble that earlier years choose has a MASE below 1', async () => {
    const air = fromDataset(await loadSeries('air-passengers'));
    const earlier = air.slice(0, 120);
    const chosen = { name: '', mase: Number.POSITIVE_INFINITY };
    for (const [name, create] of Object.entries(candidates)) {
      const test = await backtest(create(), earlier, {
        start: 72,
        horizon: 24,
        stride: 6,
        refit: 1,
        period: 12,
      });
      const { mase } = scoresOf(test);
      if (mase < chosen.mase) Object.assign(chosen, { name, mase });
    }
    const test = await backtest(candidates[chosen.name](), air, { start: 120, horizon: 24, period: 12 });
    const { mase } = scoresOf(test);
    // The seasonal naive forecast has 2.49 here.
    expect(mase, chosen.name).toBeLessThan(1);
  });
});

describe('daily series, in a rolling backtest', () => {
  it('US births, 28 days: a recurrent model beats seasonal naive, its 90% intervals cover 87-93%', async () => {
    const births = fromDataset(await loadSeries('us-births'));
    const model = recurrent({
      cell: 'gru',
      random: Random.seeded(1),
      strategy: 'direct',
      horizon: 28,
      head: { kind: 'quantile' },
      calendar: ['day-of-week', 'day-of-year'],
      learningRate: 0.01,
    });
    // Two years to judge on, after eighteen to learn from, the last two of which calibrate the intervals.
    const setting = { start: 6574, horizon: 28, stride: 7, period: 7 };
    const intervals = conformal(model, { horizon: 28, origins: 141, stride: 5 });
    const test = await backtest(intervals, births, { ...setting, coverages: [0.9] });
    const baseline = await backtest(seasonalNaive({ period: 7 }), births, setting);
    const { mase, coverage } = scoresOf(test);
    expect(mase).toBeLessThan(0.85 * scoresOf(baseline).mase);
    expect(compareBacktests(test, baseline).pValue).toBeLessThan(0.05);
    expect(coverage[0].measured).toBeGreaterThan(0.87);
    expect(coverage[0].measured).toBeLessThan(0.93);
  });

  it('Seattle’s daily high, 14 days: a recurrent model beats both naive ones, its intervals cover 87-93%', async () => {
    const seattle = fromDataset(await loadSeries('seattle-weather'), { columns: ['temp_max'] });
    const network = (seed: number) =>
      recurrent({
        cell: 'gru',
        random: Random.seeded(seed),
        hiddenSize: 16,
        contextLength: 14,
        strategy: 'direct',
        horizon: 14,
        head: { kind: 'quantile' },
        calendar: ['day-of-year'],
        learningRate: 0.01,
        epochs: 6,
      });
    const model = ensemble({ members: [11, 12, 13].map(network) });
    // The last of four years to judge on, the one before to calibrate on.
    const setting = { start: 1096, horizon: 14, period: 1 };
    const intervals = conformal(model, { horizon: 14, origins: 117, stride: 3 });
    const test = await backtest(intervals, seattle, { ...setting, coverages: [0.9] });
    const { mase, coverage } = scoresOf(test);
    for (const baseline of [naive(), seasonalNaive({ period: 7 }), seasonalNaive({ period: 365 })]) {
      expect(mase).toBeLessThan(0.9 * scoresOf(await backtest(baseline, seattle, setting)).mase);
    }
    expect(coverage[0].measured).toBeGreaterThan(0.87);
    expect(coverage[0].measured).toBeLessThan(0.93);
  });
});
