import { readFileSync } from 'node:fs';
import { columnOf, loadSeries } from '@throughtime/datasets';
import { describe, expect, it } from 'vitest';
import { ExponentialSmoothing } from './ets/exponential-smoothing.js';
import {
  autoregression,
  dieboldMariano,
  drift,
  type Forecast,
  type Forecaster,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanAbsoluteScaledError,
  meanSquaredError,
  naive,
  quantileAt,
  rootMeanSquaredScaledError,
  seasonalNaive,
  symmetricMeanAbsolutePercentageError,
  TimeSeries,
} from './index.js';
import { Autoregression } from './methods/autoregression.js';
import { normalQuantile } from './numeric/distributions.js';

interface Units {
  readonly factor: number;
  readonly offset: number;
}

// Made by fixtures/make-numbers.py with numpy, statsmodels, statsforecast and sixty-digit arithmetic.
const numbers: {
  readonly walk: number[];
  readonly autoregressions: readonly (Units & {
    readonly series: string;
    readonly order: number;
    readonly constant: number;
    readonly coefficients: number[];
    readonly sigma: number;
    readonly forecast: number[];
  })[];
  readonly intervals: readonly (Record<'alpha' | 'beta' | 'gamma' | 'phi', number> & {
    readonly model: string;
    readonly variance: number[];
  })[];
  readonly baselines: readonly (Units & {
    readonly model: string;
    readonly mean: number[];
    readonly lower: number[];
    readonly upper: number[];
  })[];
  readonly metrics: readonly (Units & {
    readonly forecast: number[];
  } & Record<'mae' | 'mse' | 'mape' | 'smape' | 'mase' | 'rmsse', number>)[];
  readonly losses: { readonly first: number[]; readonly second: number[] };
  readonly dieboldMariano: readonly {
    readonly count: number;
    readonly overlap: number;
    readonly factor: number;
    readonly result: [number, number] | null;
  }[];
} = JSON.parse(readFileSync(new URL('./fixtures/numbers.json', import.meta.url), 'utf8'));

const air = [...columnOf(await loadSeries('air-passengers'))];
const bases: Readonly<Record<string, number[]>> = { 'air-passengers': air, walk: numbers.walk };
const inUnits = (values: readonly number[], { factor, offset }: Units) =>
  values.map((value) => value * factor + offset);

function deviation(values: readonly number[]): number {
  const center = values.reduce((sum, value) => sum + (value - values[0]), 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - values[0] - center) ** 2, 0) / values.length);
}

/** 1e-9 of the spread, or 1e3 of the last digit that a double has so far from zero. */
function tolerance(values: readonly number[], { offset }: Units): number {
  const digit = offset === 0 ? 0 : 2 ** (Math.floor(Math.log2(Math.abs(offset))) - 52);
  return Math.max(1e-9 * deviation(values), 1e3 * digit);
}

function expectNear(got: ArrayLike<number>, wanted: ArrayLike<number>, within: number): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i] - wanted[i])).toBeLessThanOrEqual(within);
}

describe('autoregression', () => {
  it.each(numbers.autoregressions)(
    'of order $order of $series times $factor plus $offset: the least squares of sixty digits',
    async ({ series, order, constant, coefficients, sigma, forecast, ...units }) => {
      const values = inUnits(bases[series], units);
      const within = tolerance(values, units);
      const method = new Autoregression({ order });
      await method.fit([TimeSeries.of({ values })]);
      const [fit] = method.fits;
      expectNear(fit.coefficients, coefficients, Math.max(1e-9, within / deviation(values)));
      expect(Math.abs(fit.sigma - sigma)).toBeLessThanOrEqual(within);
      // The constant is the level times what the coefficients leave of 1: it has no more digits than they.
      const reach = Math.abs(units.offset) + deviation(values);
      expect(Math.abs(fit.constant - constant)).toBeLessThan(1e-8 * reach);
      const { mean } = await (await autoregression({ order }).fit(TimeSeries.of({ values }))).predict(24);
      expectNear(mean, forecast, within);
    },
  );
});

describe('the interval of', () => {
  it.each(numbers.intervals)(
    "ets($model): statsmodels' formula",
    async ({ model, variance, ...parameters }) => {
      const method = new ExponentialSmoothing({ model, period: 12 });
      await method.fit([TimeSeries.of({ values: air })]);
      const saved = method.save();
      const [fit] = saved.config.fits as { sigma: number }[];
      const fits = [{ ...fit, parameters }];
      const loaded = ExponentialSmoothing.load({ kind: 'ets', config: { ...saved.config, fits } });
      const levels = [0.05, 0.5, 0.975];
      const request = { horizon: variance.length, levels };
      const [{ mean, quantiles }] = await loaded.forecast([TimeSeries.of({ values: air })], request);
      quantiles.forEach(({ values }, i) => {
        const z = normalQuantile(levels[i]);
        variance.forEach((square, step) => {
          expect(values[step] - mean[step]).toBeCloseTo(z * fit.sigma * Math.sqrt(square), 8);
        });
      });
    },
  );
});

describe('baselines', () => {
  const models: Readonly<Record<string, () => Forecaster>> = {
    naive,
    'seasonal-naive': () => seasonalNaive({ period: 12 }),
    drift,
  };
  it.each(numbers.baselines)(
    "$model times $factor plus $offset: statsforecast's forecast",
    async ({ model, mean, lower, upper, ...units }) => {
      const values = inUnits(air, units);
      const within = tolerance(values, units);
      const fitted = await models[model]().fit(TimeSeries.of({ values }));
      const forecast: Forecast = await fitted.predict(24, { levels: [0.05, 0.95] });
      expectNear(forecast.mean, mean, within);
      // The formulas of the variance are the same up to the residuals' degrees of freedom: at most 1 in 130.
      for (const [level, bound] of [
        [0.05, lower],
        [0.95, upper],
      ] as const) {
        const reaches = quantileAt(forecast, level)!.map((value, i) => value - forecast.mean[i]);
        reaches.forEach((reach, i) => {
          const theirs = bound[i] - mean[i];
          expect(Math.abs(reach - theirs)).toBeLessThanOrEqual(0.01 * Math.abs(theirs) + within);
        });
      }
    },
  );
});

describe('metrics', () => {
  it.each(numbers.metrics)(
    "times $factor plus $offset: numpy's",
    ({ forecast, factor, offset, ...wanted }) => {
      const values = inUnits(air, { factor, offset });
      const [training, actual] = [values.slice(0, 120), values.slice(120)];
      const scaling = { training, period: 12 };
      const got = {
        mae: meanAbsoluteError(actual, forecast),
        mse: meanSquaredError(actual, forecast),
        mape: meanAbsolutePercentageError(actual, forecast),
        smape: symmetricMeanAbsolutePercentageError(actual, forecast),
        mase: meanAbsoluteScaledError(actual, forecast, scaling),
        rmsse: rootMeanSquaredScaledError(actual, forecast, scaling),
      };
      for (const [name, value] of Object.entries(got)) {
        expect(value / wanted[name as keyof typeof got]).toBeCloseTo(1, 12);
      }
    },
  );
});

describe('dieboldMariano', () => {
  it.each(numbers.dieboldMariano)(
    '$count losses, overlap $overlap, times $factor: the formula, or undefined',
    ({ count, overlap, factor, result }) => {
      const [first, second] = [numbers.losses.first, numbers.losses.second].map((losses) =>
        losses.slice(0, count).map((loss) => loss * factor),
      );
      const { statistic, pValue } = dieboldMariano(first, second, { overlap });
      if (result === null) expect([statistic, pValue]).toEqual([undefined, undefined]);
      else {
        expect(statistic).toBeCloseTo(result[0], 9);
        expect(pValue).toBeCloseTo(result[1], 9);
      }
    },
  );
});
