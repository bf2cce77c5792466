import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeries } from './create-series.js';
import { MissingValueError, SeriesTooShortError } from './series-errors.js';
import { seriesBatches, seriesWindows } from './series-windows.js';
import { sineSeries } from './sine-series.js';

const range = (length: number) => Float64Array.from({ length }, (_, i) => i);

describe('seriesWindows', () => {
  it('gives the 996 pairs of the chapter, of which the first 600 train', () => {
    const sine = sineSeries({ random: Random.seeded(1) });
    const windows = seriesWindows(sine, { lags: 4 });
    expect([windows.batchSize, windows.lags, windows.horizon, windows.features]).toEqual([996, 4, 1, 1]);
    const x = Float32Array.from(sine.values.x);
    expect(windows.inputs.subarray(0, 4)).toEqual(x.subarray(0, 4));
    expect(windows.targets).toEqual(x.subarray(4));
    const train = seriesWindows(sine, { lags: 4, to: 600 });
    const rest = seriesWindows(sine, { lags: 4, from: 600 });
    expect([train.batchSize, rest.batchSize]).toEqual([600, 396]);
    expect(rest.targets).toEqual(x.subarray(604));
  });

  it('cuts every window of every shape where it should', () => {
    const sizes = fc.record({
      lags: fc.integer({ min: 1, max: 5 }),
      horizon: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 4 }),
      extra: fc.nat(20),
    });
    fc.assert(
      fc.property(sizes, ({ lags, horizon, stride, extra }) => {
        const length = lags + horizon + extra;
        const series = createSeries({ values: { a: range(length), b: range(length).map((i) => -i) } });
        const { inputs, targets, batchSize } = seriesWindows(series, {
          lags,
          horizon,
          stride,
          targetColumns: ['b'],
        });
        const expectedInputs: number[] = [];
        const expectedTargets: number[] = [];
        let count = 0;
        for (let start = 0; start + lags + horizon <= length; start += stride, count++) {
          for (let i = 0; i < lags; i++) expectedInputs.push(start + i, 0 - (start + i));
          for (let i = 0; i < horizon; i++) expectedTargets.push(0 - (start + lags + i));
        }
        expect(batchSize).toBe(count);
        expect([...inputs].map((value) => value + 0)).toEqual(expectedInputs);
        expect([...targets]).toEqual(expectedTargets);
      }),
    );
  });

  it('names what it cannot cut', () => {
    expect(() => seriesWindows(range(4), { lags: 4 })).toThrow(SeriesTooShortError);
    expect(() => seriesWindows(range(4), { lags: 4 })).toThrow(
      'expected at least 5 values (a window of 4 lags and horizon 1), got 4',
    );
    expect(() => seriesWindows([1, Number.NaN, 3], { lags: 1 })).toThrow(MissingValueError);
    expect(() => seriesWindows([1, Number.NaN, 3], { lags: 1 })).toThrow('a missing value at index 1');
    expect(() => seriesWindows(range(9), { lags: 0 })).toThrow(
      'lags: expected a whole number of at least 1, got 0',
    );
    expect(() => seriesWindows(range(9), { lags: 4, to: 6 })).toThrow(
      'to: expected a whole number from 1 to 5',
    );
    expect(() => seriesWindows(range(9), { lags: 4, from: 5 })).toThrow('from: expected');
    const series = createSeries({ values: { a: range(9) } });
    expect(() => seriesWindows(series, { lags: 1, columns: ['b'] })).toThrow("got 'b'");
    expect(() => seriesWindows(series, { lags: 1, columns: [] })).toThrow('columns: expected at least one');
  });
});

describe('seriesBatches', () => {
  it('gives each window once an epoch, shuffled or in order, the last batch smaller', () => {
    const firsts = (random?: Random) =>
      [...seriesBatches(range(20), { lags: 3, horizon: 2, batchSize: 5, ...(random && { random }) })].map(
        (batch) => Array.from({ length: batch.batchSize }, (_, row) => batch.inputs[row * 3]),
      );
    // 20 - 5 + 1 = 16 windows
    expect(firsts().map(({ length }) => length)).toEqual([5, 5, 5, 1]);
    expect(firsts().flat()).toEqual([...range(16)]);
    const shuffled = firsts(Random.seeded(1)).flat();
    expect(shuffled).not.toEqual([...range(16)]);
    expect(shuffled.sort((a, b) => a - b)).toEqual([...range(16)]);
  });

  it('continues from a cursor', () => {
    const random = Random.seeded(2);
    const source = seriesBatches(range(50), { lags: 3, batchSize: 4, random });
    const epoch = source[Symbol.iterator]();
    epoch.next();
    epoch.next();
    const again = source.from(JSON.parse(JSON.stringify(epoch.cursor())));
    expect([...again]).toEqual([...epoch]);
  });

  it('drops a partial batch on request', () => {
    const options = { lags: 3, batchSize: 5, dropPartial: true };
    expect([...seriesBatches(range(20), options)].map(({ batchSize }) => batchSize)).toEqual([5, 5, 5]);
    expect(() => seriesBatches(range(5), options)).toThrow('batchSize: expected at most the 2 windows');
  });

  it('gives counts exactly, or refuses those that 32-bit numbers would round', () => {
    const whole = fc.integer({ min: -(2 ** 27), max: 2 ** 27 });
    fc.assert(
      fc.property(fc.array(whole, { minLength: 3, maxLength: 12 }), (values) => {
        const exact = values.every((value) => Math.fround(value) === value);
        const cut = () => seriesWindows(values, { lags: 2 });
        if (!exact) expect(cut).toThrow(/expected numbers that single precision holds/);
        else expect([...cut().inputs.slice(0, 2)]).toEqual(values.slice(0, 2).map((value) => value + 0));
      }),
    );
    const counts = [16777217, 16777219, 16777221];
    const refusal =
      "values of 'value': expected numbers that single precision holds, which is every whole number up to 16777216, got 16777217 (scale them first";
    expect(() => seriesWindows(counts, { lags: 1 })).toThrow(refusal);
    expect(() => seriesBatches(counts, { lags: 1, batchSize: 1 })).toThrow(refusal);
    expect(() => seriesWindows([1.7e9 + 4.5, 1.7e9, 1.7e9 - 4.25], { lags: 1 })).toThrow('single precision');
  });
});
