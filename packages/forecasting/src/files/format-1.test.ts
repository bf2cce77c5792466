import '@tensorflow/tfjs-backend-wasm';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Forecaster, TimeSeries } from '../index.js';
import { loadForecaster, saveForecaster } from '../node/index.js';

// Forecasters that were saved in format 1, and what they forecast then; fixtures/format-1/make-fixtures.mjs wrote them. They must load
// and forecast the same in every later version. Never write them again: where names have changed since, this file changes.
const fixtures = fileURLToPath(new URL('./fixtures/format-1/', import.meta.url));

interface Expected {
  readonly name: string;
  /** Of the quantiles; none where the model gives points only. */
  readonly levels: readonly number[];
  /** Four steps after each series that the model learned from. */
  readonly forecasts: readonly {
    readonly mean: readonly number[];
    readonly quantiles: readonly (readonly number[])[];
  }[];
  /** Two sampled futures of two steps, where there are any. */
  readonly paths?: readonly number[];
  /** Points after the last three rows have come once more. */
  readonly moved: readonly number[];
}

const expected: Readonly<Record<string, Expected>> = JSON.parse(
  await readFile(join(fixtures, 'expected.json'), 'utf8'),
);

let out: string;

beforeAll(async () => {
  await tf.setBackend('wasm');
  out = await mkdtemp(join(tmpdir(), 'format-1 '));
});

afterAll(() => rm(out, { recursive: true }));

/** To 1e-4 of the largest: what computes a network may round differently. */
function expectClose(values: Iterable<number>, wanted: readonly number[], share = 1e-4): void {
  const got = [...values];
  expect(got.length).toBe(wanted.length);
  const scale = Math.max(...wanted.map(Math.abs));
  got.forEach((value, i) => {
    expect(Math.abs(value - wanted[i])).toBeLessThan(share * scale);
  });
}

/** Models whose quantiles were read from a thousand simulated futures then, and are exact now: the simulation's error is allowed. */
const simulatedThen = new Map([['ets-with-gaps', 0.04]]);

async function expectForecasts(
  forecaster: Forecaster,
  { name, levels, forecasts, paths }: Expected,
  quantileShare?: number,
) {
  expect(forecaster.name).toBe(name);
  const predicted = await forecaster.predictAll(4, { levels });
  expect(predicted.length).toBe(forecasts.length);
  predicted.forEach(({ mean, quantiles }, i) => {
    expectClose(mean, forecasts[i].mean);
    expect(quantiles.map(({ level }) => level)).toEqual(levels);
    quantiles.forEach(({ values }, j) => {
      expectClose(values, forecasts[i].quantiles[j], quantileShare);
    });
  });
  if (paths === undefined) return;
  const sampled = await forecaster.predict(2, { paths: 2, random: Random.seeded(8) });
  expectClose(sampled.paths!, paths);
}

/** A series as it can be compared: some of its arrays may be views of larger ones. */
function plain({ name, variables, values, observed, timeline, known }: TimeSeries) {
  return { name, variables, values: [...values], observed: [...observed], timeline, known };
}

describe.each(Object.entries(expected))('the forecaster %s of format 1', (name, answers) => {
  it('forecasts as it did', async () => {
    const { forecaster, notes } = await loadForecaster(join(fixtures, name));
    expect(notes).toEqual({ series: name, period: 12 });
    await expectForecasts(forecaster, answers, simulatedThen.get(name));
  });

  it('saved again is the same forecaster', async () => {
    const { forecaster, notes } = await loadForecaster(join(fixtures, name));
    const again = join(out, name);
    await saveForecaster(again, forecaster, { notes });
    const reloaded = await loadForecaster(again);
    expect(reloaded.notes).toEqual(notes);
    expect(reloaded.forecaster.series.map(plain)).toEqual(forecaster.series.map(plain));
    await expectForecasts(reloaded.forecaster, answers, simulatedThen.get(name));
  });

  it('moves on with what came after its series', async () => {
    const { forecaster } = await loadForecaster(join(fixtures, name));
    const { variables, values, observed, width, length } = forecaster.series[0];
    // The new rows are the last three once more.
    const rows = { variables, values: values.slice(-3 * width), observed: observed.slice(-3 * width) };
    forecaster.update(TimeSeries.of(rows));
    expect(forecaster.series[0].length).toBe(length + 3);
    expectClose((await forecaster.predict(4)).mean, answers.moved);
  });
});
