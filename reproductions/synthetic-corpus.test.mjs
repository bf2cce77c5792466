import { Random } from '@throughtime/random';
import { expect, it } from 'vitest';
import { zipfIds } from './synthetic-corpus.mjs';

it('draws every word of the vocabulary in proportion to 1 / rank', () => {
  const ids = zipfIds(60_000, 4, Random.seeded(1));
  const counts = [0, 0, 0, 0];
  for (const id of ids) counts[id]++;
  // 1, 1/2, 1/3 and 1/4 of 25/12; the standard deviation is 122 at most, five of them allowed.
  [28_800, 14_400, 9_600, 7_200].forEach((expected, id) => {
    expect(Math.abs(counts[id] - expected)).toBeLessThan(610);
  });
});

it('is the same for the same seed', () => {
  expect(zipfIds(50, 100, Random.seeded(2))).toEqual(zipfIds(50, 100, Random.seeded(2)));
});
