import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { parseFrequency } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { arima } from '../arima/arima.js';
import { conformal } from '../composition/conformal.js';
import { ensemble } from '../composition/ensemble.js';
import { transformed } from '../composition/transformed.js';
import { ets } from '../ets/exponential-smoothing.js';
import { autoregression } from '../methods/autoregression.js';
import { drift } from '../methods/drift.js';
import type { Forecaster } from '../methods/forecaster.js';
import { globalRecurrent } from '../methods/global-recurrent.js';
import { linear, mlp } from '../methods/lag-network.js';
import { recurrent } from '../methods/recurrent.js';
import { naive, seasonalNaive } from '../methods/seasonal-naive.js';
import { theta } from '../methods/theta.js';
import { TimeSeries } from '../series/time-series.js';
import { backtest } from './backtest.js';

const random = () => Random.seeded(1);
const smallRecurrent = (strategy: 'recursive' | 'direct' | 'encoder-decoder') =>
  recurrent({
    cell: 'gru',
    hiddenSize: 3,
    contextLength: 4,
    epochs: 1,
    windowStride: 4,
    horizon: 3,
    strategy,
    calendar: ['day-of-week'],
    random: random(),
    head: { kind: 'gaussian' },
  });

/** Every kind of model, small; the number is how many random cases it is tried on. */
const models: Record<string, [number, () => Forecaster]> = {
  naive: [30, () => naive()],
  'seasonal naive': [30, () => seasonalNaive({ period: 4 })],
  drift: [30, () => drift()],
  ar: [30, () => autoregression({ maxOrder: 4 })],
  arima: [12, () => arima({ order: [1, 1, 1], seasonal: [0, 1, 0], period: 4 })],
  'without a season': [12, () => transformed(drift(), [{ kind: 'mstl', periods: [4] }])],
  theta: [10, () => theta({ model: 'auto', period: 4 })],
  ets: [3, () => ets({ model: 'AAA', period: 4 })],
  linear: [10, () => linear({ lags: 3, random: random(), epochs: 2 })],
  'mlp, scaled by series': [
    10,
    () =>
      mlp({
        lags: [1, 4],
        random: random(),
        epochs: 2,
        scaleBy: 'series',
        validationShare: 0.2,
        strategy: 'direct',
        horizon: 3,
      }),
  ],
  'recurrent, recursive': [2, () => smallRecurrent('recursive')],
  'recurrent, direct': [2, () => smallRecurrent('direct')],
  'recurrent, encoder-decoder': [2, () => smallRecurrent('encoder-decoder')],
  'global recurrent': [
    2,
    () =>
      globalRecurrent({
        horizon: 3,
        period: 4,
        hiddenSize: 3,
        updates: 20,
        batchSize: 4,
        calendar: ['day-of-week'],
        random: random(),
      }),
  ],
  ensemble: [10, () => ensemble({ members: [naive(), drift()], combine: 'median' })],
  'transformed ar': [10, () => transformed(autoregression({ order: 2 }), [{ kind: 'difference', lag: 4 }])],
  'conformal drift': [10, () => conformal(drift(), { horizon: 3, origins: 5 })],
};

const length = 44;
const cases = fc.record({
  past: fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: length, maxLength: length }),
  future: fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: length, maxLength: length }),
  cut: fc.integer({ min: 30, max: length - 3 }),
  refit: fc.constantFrom('once' as const, 3),
});

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('no forecast knows the future', () => {
  it.each(Object.entries(models))('%s', async (_, [numRuns, create]) => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ past, future, cut, refit }) => {
        const series = (values: number[]) =>
          TimeSeries.of({ values, timeline: { start: 0, frequency: parseFrequency('D') } });
        const forecastsOf = async (values: number[]) => {
          const test = await backtest(create(), series(values), { start: 30, horizon: 3, refit, stride: 2 });
          return test.records.filter(({ origin }) => origin <= cut).map(({ forecast }) => forecast);
        };
        const changed = past.map((value, t) => (t < cut ? value : future[t]));
        const [known, other] = [await forecastsOf(past), await forecastsOf(changed)];
        expect(known.length).toBeGreaterThan(0);
        expect(other).toEqual(known);
      }),
      { numRuns },
    );
  });
});
