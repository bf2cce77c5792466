import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import {
  autoregression,
  coverage,
  croston,
  decodeForecaster,
  drift,
  encodeForecaster,
  ensemble,
  type Forecaster,
  type ForecasterFileName,
  globalRecurrent,
  naive,
  perSeries,
  seasonalNaive,
  TimeSeries,
  transformed,
} from '../index.js';
import { Ensemble } from './ensemble.js';

const random = Random.seeded(4);
const seasonal = (length: number, size: number) =>
  TimeSeries.of({
    values: Array.from(
      { length },
      (_, t) => size * (5 + Math.sin((2 * Math.PI * t) / 6) + 0.05 * random.normal()),
    ),
    period: 6,
  });
const panel = [seasonal(60, 1), seasonal(48, 1000), seasonal(80, 0.01)];

const network = (seed: number) =>
  globalRecurrent({
    horizon: 6,
    period: 6,
    hiddenSize: 4,
    contextLength: 12,
    updates: 30,
    random: Random.seeded(seed),
  });

const copy = (model: Forecaster) => {
  const files = Object.entries(encodeForecaster(model)).map(([name, pieces]) => [
    name,
    new Uint8Array(Buffer.concat(pieces)),
  ]);
  return decodeForecaster(Object.fromEntries(files) as Record<ForecasterFileName, Uint8Array>).forecaster;
};

describe('an ensemble weighted by backtest', () => {
  const make = () =>
    ensemble({ members: [naive(), seasonalNaive({ period: 6 })], combine: 'weighted', horizon: 6 });

  it('counts a member by how well it forecast the last horizon, and all together as one', async () => {
    const model = await make().fit(panel);
    const { weights } = model.method as Ensemble;
    expect(weights![0] + weights![1]).toBeCloseTo(1, 12);
    expect(weights![1]).toBeGreaterThan(0.9);
    const [mean] = await model.predictAll(6);
    const members = [naive(), seasonalNaive({ period: 6 })];
    const [first, second] = await Promise.all(
      members.map(async (member) => (await (await member.fit(panel)).predictAll(6))[0].mean),
    );
    mean.mean.forEach((value, step) => {
      expect(value).toBeCloseTo(weights![0] * first[step] + weights![1] * second[step], 10);
    });
  });

  it('weighs series of any size alike', async () => {
    const scaled = panel.map((series, i) =>
      series.withValues(series.values.map((value) => 10 ** (3 * i) * value)),
    );
    const [plain, other] = await Promise.all([panel, scaled].map((series) => make().fit(series)));
    (plain.method as Ensemble).weights!.forEach((weight, i) => {
      expect((other.method as Ensemble).weights![i]).toBeCloseTo(weight, 10);
    });
  });

  it('gives everything to a member without errors, and the same to all where nothing can be measured', async () => {
    const line = TimeSeries.of({ values: Array.from({ length: 30 }, (_, t) => t) });
    const exact = ensemble({ members: [naive(), drift()], combine: 'weighted', horizon: 4 });
    expect(((await exact.fit(line)).method as Ensemble).weights).toEqual([0, 1]);
    const constant = TimeSeries.of({ values: new Array(30).fill(3) });
    expect(((await exact.fit(constant)).method as Ensemble).weights).toEqual([0.5, 0.5]);
  });

  it('draws intervals together, or apart, until they hold 90% of the last horizon', async () => {
    const many = Array.from({ length: 50 }, (_, i) => seasonal(60, 1 + i));
    const members = () => [seasonalNaive({ period: 6 }), seasonalNaive({ period: 12 }), naive()];
    const model = ensemble({ members: members(), combine: 'weighted', horizon: 6 });
    await model.fit(many);
    const held = many.map((series) => series.slice(0, 54));
    const forecasts = await model.predictAfter(held, 6, { levels: [0.05, 0.95] });
    const within = forecasts.flatMap(({ quantiles: [low, high] }, i) =>
      Array.from(many[i].values.subarray(54), (value, step) =>
        Number(value >= low.values[step] && value <= high.values[step]),
      ),
    );
    const share = within.reduce((sum, one) => sum + one, 0) / within.length;
    // The members have learned a little more since: not to the digit.
    expect(share).toBeGreaterThan(0.87);
    expect(share).toBeLessThan(0.93);
    const narrow = ensemble({ members: [croston(), naive()], combine: 'weighted', horizon: 6 });
    await expect((await narrow.fit(many)).predict(2, { levels: [0.1] })).rejects.toThrow('quantiles');
  });

  it('fits a member that keeps the last horizon to judge by once, others twice', async () => {
    const counts = [0, 0, 0];
    const counted = (model: Forecaster, at: number) => {
      const { method } = model;
      const fit = method.fit.bind(method);
      method.fit = (training, options) => {
        counts[at]++;
        return fit(training, options);
      };
      return model;
    };
    const members = [
      counted(network(1), 0),
      counted(transformed(network(2), [{ kind: 'log' }]), 1),
      counted(naive(), 2),
    ];
    await ensemble({ members, combine: 'weighted', horizon: 6 }).fit(panel);
    expect(counts).toEqual([1, 1, 2]);
    // A lambda, and seasons, are learned from all values.
    for (const transforms of [[{ kind: 'box-cox' }], [{ kind: 'mstl', periods: [6] }]] as const) {
      expect(transformed(network(1), transforms).method.heldOut!(panel)).toEqual([0, 0, 0]);
    }
    // One that is too short for it is learned from to its end.
    expect(network(1).method.heldOut!([panel[0], panel[0].slice(0, 20)])).toEqual([6, 0]);
  });

  it('is saved with its weights', async () => {
    const model = await make().fit(panel);
    expect(await copy(model).predictAll(6, { levels: [0.1] })).toEqual(
      await model.predictAll(6, { levels: [0.1] }),
    );
  });

  it('needs a horizon, which no other has', () => {
    expect(() => ensemble({ members: [naive()], combine: 'weighted' })).toThrow(
      'horizon: expected a number of steps',
    );
    expect(() => ensemble({ members: [naive()], horizon: 3 })).toThrow(
      "horizon: expected none without combine 'weighted'",
    );
    expect(() =>
      Ensemble.load({ kind: 'ensemble', config: { combine: 'weighted', horizon: 2 } }, [naive().method]),
    ).toThrow('weights');
  });
});

describe('a model for each series', () => {
  it('learns from its own series alone, and continues from the right one', async () => {
    const model = await perSeries(() => autoregression({ order: 2 })).fit(panel);
    const together = await model.predictAll(4);
    for (const [i, series] of panel.entries()) {
      const alone = await (await autoregression({ order: 2 }).fit(series)).predict(4);
      expect(together[i]).toEqual(alone);
    }
    expect(await copy(model).predictAll(4)).toEqual(together);
    await expect(model.predict(2, { context: seasonal(30, 2) })).rejects.toThrow('one of the 3 series');
  });
});

describe('a mean of models that keep values to judge by', () => {
  it('has intervals that hold 90% of them, where those of its members together hold more', async () => {
    const many = Array.from({ length: 50 }, (_, i) => seasonal(60, 1 + i));
    const held = many.map((series) => series.slice(0, 54));
    const coverageOf = async (model: Forecaster) => {
      const forecasts = await model.predictAfter(held, 6, { levels: [0.05, 0.95] });
      const shares = forecasts.map(({ quantiles: [low, high] }, i) =>
        coverage(many[i].values.subarray(54), low.values, high.values),
      );
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    };
    for (const combine of ['mean', 'median'] as const) {
      const model = ensemble({ members: [network(1), network(2), network(3)], combine });
      expect(await coverageOf(await model.fit(many))).toBeCloseTo(0.9, 2);
      expect(await copy(model).predictAll(6, { levels: [0.1] })).toEqual(
        await model.predictAll(6, { levels: [0.1] }),
      );
      // With one that learns from all values there is nothing to judge by.
      const mixed = ensemble({ members: [network(1), naive()], combine });
      const members = [network(1), naive()];
      const [own] = await Promise.all(members.map(async (member) => member.fit(many)));
      const [bound, other, all] = await Promise.all(
        [own, members[1], await mixed.fit(many)].map(async (member) => {
          const { mean, quantiles } = await member.predict(1, { levels: [0.95] });
          return quantiles[0].values[0] - mean[0];
        }),
      );
      expect(all).toBeCloseTo((bound + other) / 2, 6);
    }
  });
});
