import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { decodeModelRecord, encodeModelRecord, type ModelRecord } from './model-record.js';

const record: ModelRecord = {
  points: Array.from({ length: 2500 }, (_, step) => ({
    ...{ step, perplexity: 1e3 / (step + 1), gradientNorm: 0.5 },
    validation: step < 1000 ? null : 7,
  })),
  validation: [9, 7],
  unigram: 22,
  ngram: 5,
  epoch: 2,
  epochs: 3,
  perplexity: 6,
  tokens: 100,
  validationTokens: 10,
  parameters: 1000,
  sample: 'the owl',
  samples: [{ epoch: 1, perplexity: 9, text: 'teh' }],
};

it('comes back as it was, with curves as fine as a screen', () => {
  const { points, ...rest } = decodeModelRecord(encodeModelRecord(record));
  const { points: before, ...expected } = record;
  expect(rest).toEqual(expected);
  expect(points.length).toBeLessThanOrEqual(1000);
  expect(points[0]).toEqual(before[0]);
  expect(before).toContainEqual(points[points.length - 1]);
});

it('keeps what a run that diverged shows, and a model that was compared with nothing', () => {
  const points = [
    { step: 1, perplexity: Number.POSITIVE_INFINITY, gradientNorm: Number.NaN, validation: null },
  ];
  const { unigram: _, ngram: __, perplexity: ___, ...alone } = record;
  const samples = [{ epoch: 1, perplexity: Number.POSITIVE_INFINITY, text: 'zz' }];
  const read = decodeModelRecord(encodeModelRecord({ ...alone, points, samples }));
  expect(read.samples).toEqual(samples);
  expect(read.points).toEqual([{ step: 1, perplexity: null, gradientNorm: null, validation: null }]);
  expect(read.ngram).toBeUndefined();
});

it.each([
  ['no JSON', '{'],
  ['another version', '{"format":2}'],
  ['a part of it', '{"format":1,"points":[]}'],
])('refuses %s', (_, text) => {
  expect(() => decodeModelRecord(new TextEncoder().encode(text))).toThrow();
});

it('is what comes with the model of the page', async () => {
  const file = await readFile(new URL('./arrival/page.json', import.meta.url));
  const { validation, epochs, unigram = 0 } = decodeModelRecord(file);
  expect(validation).toHaveLength(epochs);
  expect(validation.at(-1)).toBeLessThan(unigram);
});
