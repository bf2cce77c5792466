import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { chapterHorizons } from '../src/core/compare-models.js';
import { type ArrivalFile, arrivalFor } from './arrival.js';
import type { DrawnModel } from './protocol.js';
import { quickRequest, seriesRequest } from './requests.js';
import { Experiment } from './worker/experiment.js';
import { openSeries } from './worker/open-series.js';

/** The settings that the form comes with. */
async function formSettings(): Promise<Record<string, string>> {
  const html = await readFile(new URL('./index.html', import.meta.url), 'utf8');
  const settings: Record<string, string> = {};
  for (const [input] of html.matchAll(/<input [^>]*>/g)) {
    const [name, value] = ['name', 'value'].map((key) => new RegExp(` ${key}="([^"]*)"`).exec(input)?.[1]);
    if (name !== undefined) settings[name] = value ?? '';
  }
  for (const [, name, options] of html.matchAll(/<select [^>]*name="(\w+)">([\s\S]*?)<\/select>/g))
    settings[name] = / value="([^"]*)" selected/.exec(options)?.[1] ?? / value="([^"]*)"/.exec(options)![1];
  return settings;
}

/** What the worker makes of them until there is something to draw. */
async function made(settings: Record<string, string>) {
  const series = seriesRequest(settings, { file: undefined, column: undefined })!;
  const held = await openSeries(series);
  const fit = quickRequest(settings, held.shown.suggested);
  const controller = new AbortController();
  let drawn: DrawnModel | undefined;
  await Experiment.run(held, fit, {
    signal: controller.signal,
    onProgress() {},
    onDrawn(model) {
      drawn = model;
      controller.abort();
    },
  });
  return { series, fit, opened: held.shown, drawn: drawn! };
}

/** To nine digits: a figure that is drawn again from all of them has the same coordinates. */
const rounded = (values: Float64Array) => Array.from(values, (value) => Number(value.toPrecision(9)));

describe('the arrival', () => {
  it('is what the worker makes of the settings that the form comes with', async () => {
    const settings = await formSettings();
    const { opened, drawn, ...asked } = await made(settings);
    const count = opened.values.length - drawn.firstOrigin;
    const rows = [...new Set([...chapterHorizons, Number(settings.k)])].sort((a, b) => a - b);
    const row = (step: number) => rounded(drawn.rolling.subarray((step - 1) * count, step * count));
    const file: ArrivalFile = {
      ...asked,
      opened: { ...opened, values: Array.from(opened.values) },
      drawn: {
        ...drawn,
        rolling: Object.fromEntries(rows.map((step) => [step, row(step)])),
        freeRunning: rounded(drawn.freeRunning),
      },
    };
    await expect(`${JSON.stringify(file)}\n`).toMatchFileSnapshot('arrival.json');
  });

  it('is shown for these settings only', async () => {
    const settings = await formSettings();
    const asked = (changed: Record<string, string> = {}) => {
      const form = { ...settings, ...changed };
      return arrivalFor(seriesRequest(form, { file: undefined, column: undefined })!, form);
    };
    const { opened, drawn } = await made(settings);
    const arrival = asked()!;
    expect(arrival.opened).toEqual(opened);
    const count = opened.values.length - drawn.firstOrigin;
    for (const step of chapterHorizons) {
      const [from, to] = [(step - 1) * count, step * count];
      drawn.rolling.subarray(from, to).forEach((value, i) => {
        expect(arrival.drawn.rolling[from + i]).toBeCloseTo(value, 8);
      });
    }
    // Settings of another model than the linear one change nothing here.
    expect(asked({ model: 'mlp', hidden: '8', epochs: '2', rate: '0.1' })).toEqual(arrival);
    for (const changed of [
      { source: 'sunspots' },
      { noise: '0.3' },
      { amplitude2: '1' },
      { share: '50' },
      { seed: '2' },
      { period: '7' },
      { horizon: '8' },
      { k: '17' },
    ])
      expect(asked(changed), JSON.stringify(changed)).toBeUndefined();
  });
});
