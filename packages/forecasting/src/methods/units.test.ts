import { columnOf, loadSeries } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeSeries } from '../index.js';
import { examplesIn, type MethodExample, methodExamples } from './fixtures/method-examples.js';
import type { SavedMethod } from './method.js';
import { methodKinds } from './saved-method.js';

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

async function forecast(
  { make, quantiles = false }: MethodExample,
  values: readonly number[],
): Promise<number[]> {
  const model = await make(12).fit(TimeSeries.of({ values }));
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
const few = 8;

describe.each(examplesIn('additive', 'relative'))('%s', (_, example) => {
  const { within = 1e-9, units, runs = few } = example;

  it('of a series times a number is its forecast times the number', async () => {
    // What is relative needs values above 0.
    await fc.assert(
      fc.asyncProperty(units === 'additive' ? series : fc.constant(air), factor, async (values, a) => {
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
      { numRuns: runs },
    );
  });
});

describe.each(examplesIn('additive'))('%s', (_, example) => {
  it('of a series plus a number is its forecast plus the number', async () => {
    const { within = 1e-9, runs = few } = example;
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
      { numRuns: runs },
    );
  });
});

it('every kind of method has an example, for which this holds', async () => {
  const kinds = new Set<string>();
  const add = ({ kind, members = [] }: SavedMethod) => {
    kinds.add(kind);
    members.forEach(add);
  };
  for (const { make } of Object.values(methodExamples)) {
    const { method } = await make(12).fit(TimeSeries.of({ values: air }));
    add(method.save());
  }
  expect([...kinds].sort()).toEqual([...methodKinds].sort());
});
