import { columnOf, loadSeries } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  autoregression,
  conformal,
  drift,
  ensemble,
  ets,
  type Forecaster,
  globalRecurrent,
  linear,
  mlp,
  naive,
  seasonalNaive,
  TimeSeries,
  theta,
  transformed,
} from '../index.js';

const air = [...columnOf(await loadSeries('air-passengers'))];

/** A wandering level, some with a trend, some with a season of 12. */
function simulated(seed: number): number[] {
  const random = Random.seeded(seed);
  let level = 0;
  return Array.from({ length: 120 }, (_, t) => {
    level = 0.8 * level + random.normal();
    return level + (seed % 3) * 0.05 * t + (seed % 2) * 2 * Math.sin((2 * Math.PI * t) / 12);
  });
}

interface Example {
  readonly make: () => Forecaster;
  /** Whether it has quantiles. */
  readonly quantiles?: boolean;
  /** In standard deviations of the series: networks compute with 24 bits. Default 1e-9. */
  readonly within?: number;
}

const additive: Readonly<Record<string, Example>> = {
  naive: { make: naive, quantiles: true },
  'seasonal naive': { make: () => seasonalNaive({ period: 12 }), quantiles: true },
  drift: { make: drift, quantiles: true },
  'ar(1)': { make: () => autoregression({ order: 1 }), quantiles: true },
  'ar(4)': { make: () => autoregression({ order: 4 }), quantiles: true },
  'ar(13)': { make: () => autoregression({ order: 13 }), quantiles: true },
  ...Object.fromEntries(
    ['ANN', 'AAN', 'AAdN', 'ANA', 'AAA', 'AAdA'].map((model) => [
      `ets(${model})`,
      { make: () => ets({ model, period: 12 }), quantiles: true },
    ]),
  ),
  ...Object.fromEntries(
    (['STM', 'OTM', 'DSTM', 'DOTM'] as const).map((model) => [
      `theta(${model})`,
      { make: () => theta({ model, period: 1 }), quantiles: true },
    ]),
  ),
  'yearly differences': {
    make: () => transformed(autoregression({ order: 2 }), [{ kind: 'difference', lag: 12 }]),
  },
  ensemble: {
    make: () => ensemble({ members: [autoregression({ order: 2 }), drift(), ets({ model: 'AAN' })] }),
    quantiles: true,
  },
  'intervals by calibration': {
    make: () => conformal(autoregression({ order: 3 }), { horizon: 12, origins: 20 }),
    quantiles: true,
  },
  linear: {
    make: () => linear({ lags: 4, random: Random.seeded(1), optimizer: 'lbfgs' }),
    within: 1e-4,
  },
  mlp: { make: () => mlp({ lags: 4, random: Random.seeded(1) }), within: 1e-4 },
  'global lstm': {
    make: () =>
      globalRecurrent({ horizon: 12, hiddenSize: 8, updates: 20, batchSize: 8, random: Random.seeded(1) }),
    quantiles: true,
    within: 1e-4,
  },
};

const relative: Readonly<Record<string, Example>> = {
  'ets(MNN)': { make: () => ets({ model: 'MNN' }) },
  'ets(MAM)': { make: () => ets({ model: 'MAM', period: 12 }), within: 1e-8 },
  'ar of logarithms': { make: () => transformed(autoregression({ order: 4 }), [{ kind: 'log' }]) },
};

async function forecast({ make, quantiles = false }: Example, values: readonly number[]): Promise<number[]> {
  const model = await make().fit(TimeSeries.of({ values }));
  const found = await model.predict(12, quantiles ? { levels: [0.05, 0.95] } : {});
  return [...found.mean, ...found.quantiles.flatMap((quantile) => [...quantile.values])];
}

function deviation(values: readonly number[]): number {
  const center = values.reduce((sum, value) => sum + value) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length);
}

const sign = fc.constantFrom(1, -1);
const series = fc.oneof(fc.constant(air), fc.integer({ min: 1, max: 24 }).map(simulated));
const factor = fc.double({ min: -20, max: 20, noNaN: true }).map((exponent) => 10 ** exponent);
const offset = fc
  .tuple(sign, fc.double({ min: 0, max: 12, noNaN: true }))
  .map(([side, exponent]) => side * 10 ** exponent);
const few = { numRuns: 8 };

describe.each(Object.entries(additive))('%s', (_, example) => {
  const { within = 1e-9 } = example;

  it('of a series times a number is its forecast times the number', async () => {
    await fc.assert(
      fc.asyncProperty(series, factor, async (values, a) => {
        const plain = await forecast(example, values);
        const scaled = await forecast(
          example,
          values.map((value) => a * value),
        );
        const largest = within * deviation(values);
        scaled.forEach((value, i) => {
          expect(Math.abs(value / a - plain[i])).toBeLessThanOrEqual(largest);
        });
      }),
      few,
    );
  });

  it('of a series plus a number is its forecast plus the number', async () => {
    await fc.assert(
      fc.asyncProperty(series, offset, async (values, b) => {
        const plain = await forecast(example, values);
        const shifted = await forecast(
          example,
          values.map((value) => value + b),
        );
        const lastDigit = 2 ** (Math.floor(Math.log2(Math.abs(b))) - 52);
        const largest = Math.max(within * deviation(values), 1e3 * lastDigit);
        shifted.forEach((value, i) => {
          expect(Math.abs(value - b - plain[i])).toBeLessThanOrEqual(largest);
        });
      }),
      few,
    );
  });
});

describe.each(Object.entries(relative))('%s', (_, example) => {
  it('of a series times a number is its forecast times the number', async () => {
    await fc.assert(
      fc.asyncProperty(factor, async (a) => {
        const plain = await forecast(example, air);
        const scaled = await forecast(
          example,
          air.map((value) => a * value),
        );
        const largest = (example.within ?? 1e-9) * deviation(air);
        scaled.forEach((value, i) => {
          expect(Math.abs(value / a - plain[i])).toBeLessThanOrEqual(largest);
        });
      }),
      few,
    );
  });
});
