import { readFileSync } from 'node:fs';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgumentError, arima, SeriesTooShortError, TimeSeries } from '../index.js';
import type { Arima } from './arima.js';
import { type Arma, conditionalErrors, exactErrors, impulseResponse, timesSeasonal } from './arma.js';
import { estimateArima } from './estimation.js';
import { differenced, differenceWeights } from './order.js';
import { isLevelStationary, searchArima } from './search.js';

interface Fixtures {
  readonly series: Record<string, { readonly values: number[]; readonly period: number }>;
  readonly fits: readonly {
    readonly series: string;
    readonly order: [number, number, number];
    readonly seasonal: [number, number, number];
    readonly constant: boolean;
    readonly logLikelihood: number;
    readonly forecast: number[];
  }[];
  readonly chosen: readonly { readonly series: string; readonly aicc: number; readonly forecast: number[] }[];
}

const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/arima.json', import.meta.url), 'utf8'),
);

describe.each(fixtures.fits)('$series as arima($order)($seasonal)', (wanted) => {
  const { values, period } = fixtures.series[wanted.series];
  const { order, seasonal, constant } = wanted;

  it('is as likely as statsmodels finds it, or likelier, and then forecasts the same', async () => {
    const [[p, d, q], [P, D, Q]] = [order, seasonal];
    const isSeasonal = P + D + Q > 0;
    const full = { p, d, q, P, D, Q, period: isSeasonal ? period : 1, constant };
    const { logLikelihood } = estimateArima(full, Float64Array.from(values));
    expect(logLikelihood).toBeGreaterThan(wanted.logLikelihood - 1e-3);
    if (logLikelihood > wanted.logLikelihood + 1e-3) return;
    const options = { order, seasonal, constant, ...(isSeasonal && { period }) };
    const { mean } = await (await arima(options).fit(TimeSeries.of({ values, period }))).predict(14);
    const spread = deviation(values);
    mean.forEach((value, step) => {
      expect(Math.abs(value - wanted.forecast[step]) / spread).toBeLessThan(1e-3);
    });
  });
});

describe.each(fixtures.chosen)('the order of $series', ({ series, aicc }) => {
  it('has about the AICc of what statsforecast chooses, or less', async () => {
    const { values, period } = fixtures.series[series];
    const fit = await searchArima(Float64Array.from(values), { period });
    expect(fit.aicc).toBeLessThan(aicc + 1);
  });
});

describe('moving averages', () => {
  it.each([
    { p: 0, d: 1, q: 1, P: 0, D: 0, Q: 0, period: 1, constant: false },
    { p: 0, d: 0, q: 0, P: 0, D: 1, Q: 1, period: 4, constant: false },
  ])('are kept from the unit circle by the bound that is asked for: %o', (order) => {
    // Differences of noise: their moving average has its root on the circle.
    const random = Random.seeded(3);
    const noise = Float64Array.from({ length: 120 }, () => random.normal());
    const root = (largestRoot?: number) => {
      const { ma, seasonalMa } = estimateArima(order, noise, { largestRoot });
      return -[...ma, ...seasonalMa][0];
    };
    expect(root()).toBeGreaterThan(0.99);
    expect(root(0.9)).toBeGreaterThan(0.899);
    expect(root(0.9)).toBeLessThanOrEqual(0.9);
  });

  it('of a season that stays as it is take its difference back', async () => {
    const random = Random.seeded(3);
    const season = [4, 0, -1, -1, -2, 3, -3];
    let level = 0;
    const values = Float64Array.from({ length: 280 }, (_, t) => {
      level = 0.6 * level + random.normal();
      return 50 + season[t % 7] + level;
    });
    const { order, seasonalMa } = await searchArima(values, { period: 7 });
    expect(order).toEqual({ p: 1, d: 0, q: 0, P: 0, D: 1, Q: 1, period: 7, constant: false });
    expect(seasonalMa[0]).toBeLessThan(-0.98);
    expect(seasonalMa[0]).toBeGreaterThan(-1 / 1.01);
  });
});

function deviation(values: readonly number[]): number {
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length);
}

/** A stationary and invertible process. */
const weight = fc.double({ min: -0.45, max: 0.45, noNaN: true });
const processes = fc
  .record({
    plain: fc.array(weight, { maxLength: 2 }),
    seasonal: fc.array(weight, { maxLength: 1 }),
    moving: fc.array(weight, { maxLength: 2 }),
    seasonalMoving: fc.array(weight, { maxLength: 1 }),
    period: fc.integer({ min: 3, max: 5 }),
  })
  .map(
    ({ plain, seasonal, moving, seasonalMoving, period }): Arma => ({
      ar: timesSeasonal(plain, seasonal, period),
      ma: timesSeasonal(moving, seasonalMoving, period).map((value) => -value),
    }),
  );

/** The covariance of n values of a process whose innovations have variance 1, from its impulse response. */
function covariances(arma: Arma, n: number): number[] {
  const response = impulseResponse(arma, 2000);
  return Array.from({ length: n }, (_, lag) => {
    let sum = 0;
    for (let t = lag; t < response.length; t++) sum += response[t] * response[t - lag];
    return sum;
  });
}

describe('the likelihood', () => {
  it('is that of the values as one normal vector', () => {
    fc.assert(
      fc.property(processes, fc.integer(), (arma, seed) => {
        const random = Random.seeded(Math.abs(seed));
        const n = 12;
        const values = Float64Array.from({ length: n }, () => random.normal());
        // Cholesky's decomposition of the covariance matrix: L L' with the squares and logarithms on its diagonal.
        const lags = covariances(arma, n);
        const lower = Array.from({ length: n }, () => new Float64Array(n));
        const white = new Float64Array(n);
        let [squares, logVariances] = [0, 0];
        for (let i = 0; i < n; i++) {
          for (let j = 0; j <= i; j++) {
            let rest = lags[i - j];
            for (let k = 0; k < j; k++) rest -= lower[i][k] * lower[j][k];
            lower[i][j] = i === j ? Math.sqrt(rest) : rest / lower[j][j];
          }
          let rest = values[i];
          for (let k = 0; k < i; k++) rest -= lower[i][k] * white[k];
          white[i] = rest / lower[i][i];
          squares += white[i] ** 2;
          logVariances += 2 * Math.log(lower[i][i]);
        }
        const found = exactErrors(values, arma);
        expect(found.squares).toBeCloseTo(squares, 6);
        expect(found.logVariances).toBeCloseTo(logVariances, 6);
      }),
    );
  });

  it('and the state after many values hardly depend on what came before them', () => {
    fc.assert(
      fc.property(processes, fc.integer(), (arma, seed) => {
        const random = Random.seeded(Math.abs(seed));
        const values = Float64Array.from({ length: 400 }, () => random.normal());
        const [exact, conditional] = [exactErrors(values, arma), conditionalErrors(values, arma)];
        exact.state.forEach((value, i) => {
          expect(value).toBeCloseTo(conditional.state[i], 6);
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('differences', () => {
  it('are undone by their weights', () => {
    const terms = fc.record({
      d: fc.integer({ min: 0, max: 2 }),
      D: fc.integer({ min: 0, max: 2 }),
      period: fc.integer({ min: 2, max: 4 }),
    });
    fc.assert(
      fc.property(
        terms,
        fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 20, maxLength: 20 }),
        (order, values) => {
          const plain = differenced(Float64Array.from(values), order);
          const undo = differenceWeights(order);
          const lost = values.length - plain.length;
          expect(undo.length).toBe(lost);
          plain.forEach((value, t) => {
            const past = undo.reduce((sum, weight, k) => sum + weight * values[lost + t - 1 - k], 0);
            expect(value + past).toBe(values[lost + t]);
          });
        },
      ),
    );
  });

  it('are taken where the level wanders, and not where it stays', () => {
    const random = Random.seeded(3);
    const noise = Float64Array.from({ length: 200 }, () => random.normal());
    let level = 0;
    const walk = noise.map((value) => {
      level += value;
      return level;
    });
    expect(isLevelStationary(noise)).toBe(true);
    expect(isLevelStationary(walk)).toBe(false);
    expect(isLevelStationary(new Float64Array(20).fill(4))).toBe(true);
  });
});

describe('arima', () => {
  it('of one autoregressive term forecasts with widths that are known in closed form', async () => {
    const random = Random.seeded(1);
    let level = 0;
    const values = Array.from({ length: 300 }, () => {
      level = 0.6 * level + random.normal();
      return level;
    });
    const model = arima({ order: [1, 0, 0], constant: false });
    const fitted = await model.fit(TimeSeries.of({ values }));
    const [{ ar, sigma }] = (model.method as Arima).fits;
    const { mean, quantiles } = await fitted.predict(5, { levels: [0.1586552539314571] });
    let squares = 0;
    mean.forEach((value, step) => {
      expect(value).toBeCloseTo(ar[0] ** (step + 1) * values[299], 9);
      squares += ar[0] ** (2 * step);
      expect(value - quantiles[0].values[step]).toBeCloseTo(sigma * Math.sqrt(squares), 9);
    });
  });

  it('samples futures that scatter as its intervals say', async () => {
    const { values } = fixtures.series.air;
    const fitted = await arima({ order: [0, 1, 1], seasonal: [0, 1, 1], period: 12 }).fit(
      TimeSeries.of({ values }),
    );
    const count = 2000;
    const { mean, quantiles, paths } = await fitted.predict(15, {
      levels: [0.1586552539314571],
      paths: count,
      random: Random.seeded(2),
    });
    for (const step of [0, 1, 11, 14]) {
      let squares = 0;
      for (let path = 0; path < count; path++) squares += (paths![path * 15 + step] - mean[step]) ** 2;
      const width = mean[step] - quantiles[0].values[step];
      expect(Math.sqrt(squares / count) / width).toBeGreaterThan(0.93);
      expect(Math.sqrt(squares / count) / width).toBeLessThan(1.07);
    }
  });

  it('keeps the model of each of several series', async () => {
    const series = ['walk', 'mixed'].map((name) =>
      TimeSeries.of({ name, values: fixtures.series[name].values }),
    );
    const fitted = await arima({ order: [1, 1, 0] }).fit(series);
    const both = await fitted.predictAll(4);
    for (const [i, one] of series.entries()) {
      const alone = await (await arima({ order: [1, 1, 0] }).fit(one)).predict(4);
      expect([...both[i].mean]).toEqual([...alone.mean]);
    }
  });

  it.each<[string, Parameters<typeof arima>[0], string]>([
    ['an order of two', { order: [1, 0] as never }, 'order: expected'],
    [
      'a season of one step',
      { order: [1, 0, 0], seasonal: [1, 0, 0], period: 1 },
      'period: expected a season',
    ],
    ['a drift that grows', { order: [1, 2, 0], constant: true }, 'constant: expected false'],
    ['terms beside auto', { seasonal: [1, 0, 0] }, "seasonal: expected none beside order 'auto'"],
  ])('refuses %s', (_, options, message) => {
    expect(() => arima(options)).toThrow(ArgumentError);
    expect(() => arima(options)).toThrow(message);
  });

  it('refuses a series without the season that its terms need, and one that is too short', async () => {
    const short = TimeSeries.of({ values: [1, 2, 3, 5, 8] });
    await expect(arima({ order: [3, 1, 2] }).fit(short)).rejects.toThrow(SeriesTooShortError);
    const long = TimeSeries.of({ values: Array.from({ length: 40 }, (_, t) => t % 7) });
    await expect(arima({ order: [1, 0, 0], seasonal: [1, 0, 0] }).fit(long)).rejects.toThrow(
      'period: expected',
    );
  });
});
