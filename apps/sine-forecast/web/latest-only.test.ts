import { expect, it } from 'vitest';
import { latestOnly } from './latest-only.js';

it('runs one request at a time, and of those that wait only the last', async () => {
  const begun: number[] = [];
  const finish: (() => void)[] = [];
  const work = latestOnly((argument: number) => {
    begun.push(argument);
    return new Promise<void>((resolve) => finish.push(resolve));
  });
  await work.settled();
  for (const argument of [1, 2, 3]) work.request(argument);
  expect(begun).toEqual([1]);
  finish[0]();
  await Promise.resolve();
  await Promise.resolve();
  expect(begun).toEqual([1, 3]);
  finish[1]();
  await work.settled();
  work.request(4);
  expect(begun).toEqual([1, 3, 4]);
});
