import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { readSeries } from './csv/index.js';
import {
  createSeries,
  loadPennTreebank,
  loadSeries,
  loadText,
  pennTreebankBatches,
  prefetch,
  randomBatches,
  sentenceBatches,
  sequentialBatches,
  seriesBatches,
  seriesWindows,
  sineSeries,
  splitSeries,
  windowBatches,
} from './index.js';
import { downloadFile, extractZip, readSeriesFile, textFiles } from './node/index.js';

const ids = Int32Array.from({ length: 50 }, (_, i) => i);
const random = Random.seeded(1);
const shape = { batchSize: 2, steps: 3 };
const series = createSeries({ values: { x: ids } });
const file = { file: 'a.txt', url: 'http://127.0.0.1:9/a.txt', bytes: 1, sha256: '0'.repeat(64) };

/** Every call with options that are right, to which a typing error is added. */
// biome-ignore lint/suspicious/noExplicitAny: a typing error is what no type allows
const calls: readonly [string, (wrong: any) => unknown, object?][] = [
  ['sequentialBatches', (wrong) => sequentialBatches(ids, wrong), { ...shape, random }],
  ['randomBatches', (wrong) => randomBatches(ids, wrong), { ...shape, random }],
  ['pennTreebankBatches', (wrong) => pennTreebankBatches(ids, wrong), shape],
  ['windowBatches', (wrong) => windowBatches(ids, wrong), shape],
  ['sentenceBatches', (wrong) => sentenceBatches([[1, 2]], wrong), { batchSize: 1 }],
  ['prefetch', (wrong) => prefetch([1], wrong)],
  ['seriesWindows', (wrong) => seriesWindows(series, wrong), { lags: 2 }],
  ['seriesBatches', (wrong) => seriesBatches(series, wrong), { lags: 2, batchSize: 2 }],
  ['createSeries', (wrong) => createSeries(wrong), { values: { x: ids } }],
  ['readSeries', (wrong) => readSeries('x\n1', wrong)],
  ['splitSeries', (wrong) => splitSeries(series, wrong)],
  ['sineSeries', (wrong) => sineSeries(wrong), { random }],
  ['loadText', (wrong) => loadText('alice', wrong)],
  ['loadSeries', (wrong) => loadSeries('sunspots', wrong)],
  ['loadPennTreebank', (wrong) => loadPennTreebank(wrong)],
  ['textFiles', (wrong) => textFiles('time-machine', wrong)],
  ['downloadFile', (wrong) => downloadFile(file, wrong)],
  ['readSeriesFile', (wrong) => readSeriesFile('nothing.csv', wrong)],
  ['extractZip', (wrong) => extractZip('nothing.zip', 'nowhere', wrong)],
];

describe('options', () => {
  it.each(calls)('of %s: an unknown name is refused', async (_, call, right = {}) => {
    await expect(async () => call({ ...right, thing: 1 })).rejects.toThrow(
      /^thing: expected the name of an option \(.*got one that is not known$/,
    );
  });

  it.each(calls)('of %s: something else than an object is refused', async (_, call) => {
    await expect(async () => call(3)).rejects.toThrow('options: expected an object with the options');
    await expect(async () => call(null)).rejects.toThrow('got null');
  });

  it('name the one that was meant, and what is missing', () => {
    // @ts-expect-error: a typing error
    expect(() => sequentialBatches(ids, { ...shape, randon: random })).toThrow("did you mean 'random'?");
    // @ts-expect-error: random is left out
    expect(() => sequentialBatches(ids, shape)).toThrow(
      'random: expected a Random, such as Random.seeded(1)',
    );
    // @ts-expect-error: no options at all
    expect(() => sequentialBatches(ids)).toThrow(
      'options: expected an object with the options batchSize, steps',
    );
    // @ts-expect-error: a string for a list
    expect(() => readSeries('x,y\n1,2', { columns: 'x' })).toThrow('columns: expected a list of names');
    expect(() => splitSeries(series, { test: { count: 2, fraction: 0.1 } })).toThrow(
      'test: expected one of { fraction }, { count } and { from }, got { count: 2, fraction: 0.1 }',
    );
  });
});
