import { parseFrequency, sineSeries } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { backtest } from '../evaluation/backtest.js';
import { scoresOf } from '../evaluation/scores.js';
import { mean } from '../numeric/statistics.js';
import { fromDataset } from '../series/from-dataset.js';
import { TimeSeries } from '../series/time-series.js';
import { autoregression } from './autoregression.js';
import { linear, mlp } from './lag-network.js';
import { recurrent } from './recurrent.js';

const random = (seed = 1) => Random.seeded(seed);
const daily = { start: Date.UTC(2020, 0, 1), frequency: parseFrequency('D') };
const sine = () => fromDataset(sineSeries({ random: random(3) }));

describe('networks of lags', () => {
  it('by L-BFGS, a linear model is the autoregression by least squares', async () => {
    const series = sine().slice(0, 600);
    const least = await (await autoregression({ order: 4 }).fit(series)).predict(10);
    const trained = await linear({ lags: 4, random: random(), optimizer: 'lbfgs' }).fit(series);
    const forecast = await trained.predict(10);
    forecast.mean.forEach((value, step) => {
      expect(Math.abs(value - least.mean[step])).toBeLessThan(1e-3);
    });
  });

  it('learns two variables that drive each other', async () => {
    const draw = random(5);
    const values = [1, 0];
    for (let t = 1; t < 400; t++) {
      const [a, b] = values.slice(-2);
      values.push(0.9 * b + 0.1 * draw.normal(), -0.9 * a + 0.1 * draw.normal());
    }
    const series = TimeSeries.of({ values, variables: ['a', 'b'] });
    const model = linear({ lags: 1, random: random(), optimizer: 'lbfgs' });
    const test = await backtest(model, series, { start: 300, horizon: 1 });
    // The innovations' standard deviation is 0.1: mean absolute error 0.08, with a standard error of 0.006.
    for (const variable of ['a', 'b']) expect(scoresOf(test, { variable }).mae).toBeLessThan(0.11);
  });

  it('uses what is known in advance, and names a horizon beyond it', async () => {
    const draw = random(6);
    const known = Array.from({ length: 330 }, () => draw.integer(0, 2));
    const values = known.slice(0, 320).map((flag) => 5 * flag + 0.1 * draw.normal());
    const series = TimeSeries.of({ name: 'shop', values, known: { names: ['promotion'], values: known } });
    const model = linear({ lags: 1, random: random(), optimizer: 'lbfgs' });
    const { mae } = scoresOf(await backtest(model, series, { start: 250, horizon: 10, stride: 10 }));
    expect(mae).toBeLessThan(0.12);
    await model.fit(series);
    expect((await model.predict(10)).horizon).toBe(10);
    await expect(model.predict(11)).rejects.toThrow(
      "horizon: expected at most 10, the rows of known covariates after the end of 'shop', got 11",
    );
    const without = TimeSeries.of({ values });
    await expect(model.predict(1, { context: without })).rejects.toThrow(
      'known: expected the covariates promotion',
    );
  });

  it('learns the days of the week from the calendar', async () => {
    const draw = random(7);
    const values = Array.from({ length: 300 }, (_, t) => (t % 7 === 3 ? 10 : 0) + 0.1 * draw.normal());
    const series = TimeSeries.of({ values, timeline: daily });
    const options = { lags: 1, random: random(), optimizer: 'lbfgs', calendar: ['day-of-week'] } as const;
    const { mae } = scoresOf(await backtest(linear(options), series, { start: 200, horizon: 14, stride: 5 }));
    expect(mae).toBeLessThan(0.15);
    await expect(linear(options).fit(TimeSeries.of({ values }))).rejects.toThrow(
      "calendar: expected time stamps on 'series', got none",
    );
  });

  it('learns from a series with holes', async () => {
    const whole = sine();
    const observed = whole.observed.map((_, t) => (t % 5 === 0 ? 0 : 1));
    const holed = whole.withValues(whole.values, observed);
    const model = linear({ lags: 4, random: random(), optimizer: 'lbfgs' });
    const { mse } = scoresOf(await backtest(model, holed, { start: 604, horizon: 1 }));
    // 0.053 without holes; repeating the last value has 0.08.
    expect(mse).toBeLessThan(0.07);
  });

  it('forecasts all steps at once, up to those it was trained for', async () => {
    const model = await mlp({ lags: 8, random: random(), strategy: 'direct', horizon: 5, epochs: 5 }).fit(
      sine(),
    );
    expect((await model.predict(3)).mean).toEqual((await model.predict(5)).mean.slice(0, 3));
    await expect(model.predict(6)).rejects.toThrow(
      'horizon: expected at most 5, which mlp(8) was trained for, got 6',
    );
    expect(() => mlp({ lags: 8, random: random(), strategy: 'direct' })).toThrow(
      "horizon: expected a whole number of at least 1, for strategy 'direct', got undefined",
    );
  });

  it('samples futures whose mean is the forecast and whose spread is the noise', async () => {
    const draw = random(8);
    const values = Array.from({ length: 500 }, () => 3 + 0.5 * draw.normal());
    const model = mlp({ lags: 2, random: random(), head: { kind: 'gaussian' }, epochs: 20 });
    await model.fit(TimeSeries.of({ values }));
    const {
      paths,
      mean: point,
      quantiles,
    } = await model.predict(2, { paths: 2000, random: draw, levels: [0.05, 0.95] });
    const second = Array.from({ length: 2000 }, (_, path) => paths![2 * path + 1]);
    expect(Math.abs(mean(second) - point[1])).toBeLessThan(0.1);
    // 90% of N(3, 0.5) lie within 0.82 of the mean.
    expect(quantiles[1].values[1] - quantiles[0].values[1]).toBeGreaterThan(1.3);
    expect(quantiles[1].values[1] - quantiles[0].values[1]).toBeLessThan(2.1);
  });
});

describe('recurrent networks', () => {
  const options = { cell: 'gru', hiddenSize: 8, contextLength: 12, epochs: 4 } as const;

  it.each(['recursive', 'direct', 'encoder-decoder'] as const)(
    '%s: beats repeating the last value',
    async (strategy) => {
      const draw = random(9);
      const values = Array.from(
        { length: 400 },
        (_, t) => Math.sin((2 * Math.PI * t) / 12) + 0.1 * draw.normal(),
      );
      const series = TimeSeries.of({ values });
      const model = recurrent({
        ...options,
        strategy,
        horizon: 6,
        random: random(),
        epochs: 20,
        learningRate: 0.02,
      });
      const { mae } = scoresOf(await backtest(model, series, { start: 300, horizon: 6 }));
      // Repeating the last value has about 0.9; the noise alone 0.08.
      expect(mae).toBeLessThan(0.3);
    },
  );

  it('learns many series as one, each by its own scale', async () => {
    const many = [1, 100, 10_000].map((scale, s) => {
      const draw = random(s);
      const values = Array.from(
        { length: 200 },
        (_, t) => scale * (5 + Math.sin(t / 2) + 0.05 * draw.normal()),
      );
      return TimeSeries.of({ name: `times ${scale}`, values });
    });
    const model = recurrent({
      ...options,
      scaleBy: 'series',
      random: random(),
      epochs: 20,
      learningRate: 0.02,
    });
    await model.fit(many.map((series) => series.slice(0, 190)));
    const forecasts = await model.predictAll(3);
    forecasts.forEach(({ mean: [first] }, i) => {
      const [actual] = many[i].slice(190).values;
      expect(Math.abs(first - actual) / 10 ** (2 * i)).toBeLessThan(0.4);
    });
  });

  it('moves on with what came, without learning again', async () => {
    const series = sine();
    const model = await recurrent({ ...options, random: random() }).fit(series.slice(0, 300));
    const expected = await model.predict(4, { context: series.slice(0, 310) });
    model.update(series.slice(300, 310));
    expect(await model.predict(4)).toEqual(expected);
    expect(model.series[0].length).toBe(310);
  });

  it('stops when asked to, and forecasts with what it has learnt', async () => {
    const controller = new AbortController();
    const epochs: number[] = [];
    const model = recurrent({ ...options, random: random(), epochs: 1000 });
    await model.fit(sine(), {
      signal: controller.signal,
      onProgress({ epoch }) {
        epochs.push(epoch);
        if (epoch === 2) controller.abort();
      },
    });
    expect(epochs).toEqual([1, 2]);
    expect((await model.predict(2)).mean.every(Number.isFinite)).toBe(true);
  });

  it('names series that it cannot learn from', async () => {
    const model = recurrent({ ...options, random: random() });
    await expect(model.fit(sine().slice(0, 13))).rejects.toThrow(
      "series 'sine': expected at least 14 values (gru: a context of 12, its lags, and 1 steps after it), got 13",
    );
    const missing = TimeSeries.of({ values: new Float64Array(50), observed: new Uint8Array(50) });
    await expect(model.fit(missing)).rejects.toThrow("expected an observed value in 'value'");
  });
});
