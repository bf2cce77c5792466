import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import {
  decodeForecaster,
  encodeForecaster,
  type ForecasterFileName,
  globalRecurrent,
  linear,
  TimeSeries,
  transformed,
} from '../index.js';

const random = Random.seeded(3);

/** Noise around 5 that nothing in the past tells from others; every eighth value is 10 where `size` is 1, and 0 where it is 0. */
function shop(size: number, id: number): TimeSeries {
  return TimeSeries.of({
    name: `shop ${id}`,
    values: Array.from({ length: 47 }, (_, t) =>
      t % 8 === 7 && t > 40 ? 10 * size : 5 + 0.3 * random.normal(),
    ),
    statics: { names: ['size', 'height'], values: [size, id] },
  });
}

describe('what is known of a series as a whole', () => {
  it('is kept by slices, appended rows, transforms and files', () => {
    const one = shop(1, 4);
    const all = [
      one,
      one.slice(3, 20),
      one.slice(0, 20).append(one.slice(20)),
      one.variable('value'),
      one.withValues(one.values),
    ];
    for (const series of all) expect(series.statics).toEqual({ names: ['size', 'height'], values: [1, 4] });
  });

  it('is seen by networks: two series with one past have the futures of their kinds', async () => {
    // Each kind drifts its own way, in noise that hides it from short windows.
    const make = (kind: number, id: number) => {
      let level = 100;
      return TimeSeries.of({
        values: Array.from({ length: 48 }, () => {
          level += kind + 1.5 * random.normal();
          return level;
        }),
        statics: { names: ['kind'], values: [kind] },
        name: `series ${id}`,
      });
    };
    const training = Array.from({ length: 24 }, (_, id) => make(id % 2 === 0 ? 1 : -1, id));
    const models = [
      globalRecurrent({
        horizon: 4,
        hiddenSize: 8,
        updates: 200,
        contextLength: 3,
        random: Random.seeded(1),
      }),
      linear({ lags: 1, epochs: 100, optimizer: 'lbfgs', random: Random.seeded(1) }),
    ];
    for (const model of models) {
      await model.fit(training);
      const past = training[0].slice(0, 47);
      const other = TimeSeries.of({ values: past.values, statics: { names: ['kind'], values: [-1] } });
      const [up, down] = await model.predictAfter([past, other], 4);
      expect(up.mean[3], model.name).toBeGreaterThan(down.mean[3] + 2);
      const files = Object.entries(encodeForecaster(model)).map(([name, pieces]) => [
        name,
        new Uint8Array(Buffer.concat(pieces)),
      ]);
      const { forecaster } = decodeForecaster(
        Object.fromEntries(files) as Record<ForecasterFileName, Uint8Array>,
      );
      expect(forecaster.series[1].statics).toEqual({ names: ['kind'], values: [-1] });
      expect(await forecaster.predict(1)).toEqual(await model.predict(1));
      // A series without them, or with others, is none that the model knows.
      const plain = TimeSeries.of({ values: past.values });
      await expect(model.predict(1, { context: plain })).rejects.toThrow(
        "statics: expected kind of 'series', as in training, got none",
      );
    }
    const logs = transformed(models[0], [{ kind: 'log' }]);
    const [up, down] = await (await logs.fit(training)).predictAll(1);
    expect(up.mean[0]).not.toBe(down.mean[0]);
  });

  it('has a value for each name, and is the same for every series learned together', async () => {
    expect(() => TimeSeries.of({ values: [1, 2], statics: { names: ['a', 'b'], values: [1] } })).toThrow(
      'statics.values: expected one for each of 2 names, got 1 values',
    );
    expect(() => TimeSeries.of({ values: [1, 2], statics: { names: ['a'], values: [Number.NaN] } })).toThrow(
      'statics.values',
    );
    const model = globalRecurrent({ horizon: 2, updates: 1, random: Random.seeded(1) });
    const mixed = [shop(1, 1), TimeSeries.of({ values: shop(1, 2).values, name: 'plain' })];
    await expect(model.fit(mixed)).rejects.toThrow("statics: expected size,height of 'plain'");
  });
});
